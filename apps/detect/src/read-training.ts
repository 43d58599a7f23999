import type { Progress } from '@mode-ood/command'
import { InvalidInputError } from '@mode-ood/core'
import type { Dataset } from '@mode-ood/data'
import type { TrainingImages } from '@mode-ood/detector'

/**
 * The training images batch by batch, named, as often as they are wanted; with a `limit` so many, spread evenly over the set.
 *
 * @throws InvalidInputError when a label is no class of the model.
 */
export function readTraining(
  set: Dataset,
  classes: number,
  limit: number | null,
  progress: Progress,
): AsyncIterable<TrainingImages> {
  const count = Math.min(set.count, limit ?? set.count)
  const indices = Array.from({ length: count }, (_, i) => Math.floor((i * set.count) / count))
  return {
    async *[Symbol.asyncIterator]() {
      progress.start(`learning from ${set.name}`, count)
      for await (const batch of set.batches({ batchSize: 256, indices })) {
        checkLabels(set, batch, classes)
        yield { ...batch, names: Array.from(batch.indices, (index) => set.describe(index)) }
        progress.advance(batch.count)
      }
      progress.finish(`${count} images`)
    },
  }
}

function checkLabels(
  set: Dataset,
  { labels, indices }: { readonly labels: Int32Array | null; readonly indices: Int32Array },
  classes: number,
): void {
  const bad = classes > 0 && labels ? labels.findIndex((label) => label < 0 || label >= classes) : -1
  if (bad < 0) return
  throw new InvalidInputError(
    `${set.name} (${set.describe(indices[bad]!)}) has the label ${labels![bad]}, but the model has ${classes} classes, 0 to ${classes - 1}`,
  )
}
