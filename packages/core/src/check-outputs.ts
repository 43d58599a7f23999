import { InvalidInputError } from './errors.ts'
import type { ModelOutputs } from './model-outputs.ts'
import type { Need, TrainingBatch, TrainingData } from './score.ts'

/**
 * Number of images in the outputs that `subject` ('score "knn"') asked for.
 *
 * @throws InvalidInputError when one is missing, holds NaN or infinity, or they disagree.
 */
export function checkOutputs(subject: string, needs: readonly Need[], outputs: Partial<ModelOutputs>): number {
  let count: number | undefined
  for (const need of needs) {
    const output = outputs[need]
    if (output === undefined) throw new InvalidInputError(`${subject} needs the model's ${need}, which was not given`)
    if ('weight' in output) continue
    const rows = 'rows' in output ? output.rows : output.count
    if (count !== undefined && rows !== count) {
      throw new InvalidInputError(
        `${subject}: the model outputs disagree on the number of images: ${count} and ${rows}`,
      )
    }
    count = rows
    const bad = firstNotFinite(output.data)
    if (bad >= 0) {
      const image = Math.floor(bad / (output.data.length / rows))
      throw new InvalidInputError(`${subject}: ${need} of image ${image} holds ${output.data[bad]}`)
    }
  }
  if (count === undefined) throw new InvalidInputError(`${subject} must need logits, embedding or views`)
  if (needs.includes('head')) checkHead(subject, needs, outputs as ModelOutputs)
  return count
}

/** Training data whose batches are checked, as those to score are, when they are gone through; images are counted from the first. */
export function checkTraining<N extends Need>(
  name: string,
  needs: readonly N[],
  training: TrainingData<N>,
): AsyncIterable<TrainingBatch<N>> {
  return {
    async *[Symbol.asyncIterator]() {
      let seen = 0
      for await (const batch of training) {
        const subject = `score "${name}", training batch from image ${seen} on`
        const count = checkOutputs(subject, needs, batch as Partial<ModelOutputs>)
        if (batch.labels.length !== count) {
          throw new InvalidInputError(`${subject}: ${count} images have ${batch.labels.length} labels`)
        }
        seen += count
        yield batch
      }
    },
  }
}

/** A loop, since training goes through it many times: `findIndex` takes several times as long. */
function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return i
  return -1
}

/** The head must be the layer between the embedding and the logits that were given with it. */
function checkHead(subject: string, needs: readonly Need[], { head, embedding, logits }: ModelOutputs): void {
  const { rows: classes, columns: dimension } = head.weight
  if (needs.includes('embedding') && embedding.columns !== dimension) {
    throw new InvalidInputError(
      `${subject}: the head takes embeddings of ${dimension} numbers, but they have ${embedding.columns}`,
    )
  }
  const given = needs.includes('logits') ? logits.columns : head.bias.length
  if (given !== classes) {
    throw new InvalidInputError(`${subject}: the head has ${classes} classes, but ${given} logits were given`)
  }
}
