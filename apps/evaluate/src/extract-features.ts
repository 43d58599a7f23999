import type { Matrix, ModelOutputs, Tensor, Views } from '@mode-ood/core'
import type { Dataset, ImageBatch, SkippedImage } from '@mode-ood/data'
import type { Model } from '@mode-ood/inference'
import { checkLabels } from './check-labels.ts'
import type { FeatureTensors, FeatureWriter } from './feature-files.ts'
import type { Channels } from './configuration-schema.ts'
import type { Progress } from '@mode-ood/command'
import type { StoredOutput } from './stored-output.ts'

export interface Extraction {
  readonly model: Model
  readonly mean: Channels
  readonly std: Channels
  readonly outputs: readonly StoredOutput[]
  readonly indices: readonly number[] | null
  /** Whether a label that is no class of the model is an error: labels of OOD sets mean nothing. */
  readonly checkedLabels: boolean
  readonly progress: Progress
}

/** Images a batch: enough for every worker to have several chunks, few enough that read-ahead stays small. */
const batchSize = 256
/** Batches under way at once: one in each worker's hands, one being decoded, one being written. */
const readAhead = 4

/** Runs a set through the model while the next images are decoded, and hands the outputs on in order. */
export async function extractFeatures(
  dataset: Dataset,
  writer: FeatureWriter,
  extraction: Extraction,
): Promise<SkippedImage[]> {
  const { model, mean, std, outputs, indices, checkedLabels, progress } = extraction
  const skipped: SkippedImage[] = []
  const underWay: { batch: ImageBatch; outputs: Promise<ModelOutputsOf> }[] = []
  const finishOldest = async () => {
    const { batch, outputs: pending } = underWay.shift()!
    const part = toTensors(await pending, outputs, batch)
    await writer.append(part, batch.count)
    progress.advance(batch.count)
  }
  try {
    const batches = dataset.batches({
      batchSize,
      ...(indices ? { indices } : {}),
      onSkip: (image) => skipped.push(image),
    })
    for await (const batch of batches) {
      const { labels, indices: positions } = batch
      if (checkedLabels && labels && model.classes > 0)
        checkLabels(dataset, { labels, indices: positions }, model.classes)
      const images = { ...batch, normalization: { mean, std } }
      underWay.push({ batch, outputs: model.run(images, { outputs }) })
      if (underWay.length >= readAhead) await finishOldest()
    }
    while (underWay.length > 0) await finishOldest()
  } catch (error) {
    // What still runs must not surface as an unhandled rejection after the first error has been told.
    await Promise.allSettled(underWay.map((entry) => entry.outputs))
    throw error
  }
  return skipped
}

type ModelOutputsOf = Partial<Pick<ModelOutputs, StoredOutput>>

function toTensors(outputs: ModelOutputsOf, names: readonly StoredOutput[], batch: ImageBatch): FeatureTensors {
  const tensors = new Map<string, Tensor>()
  for (const name of names) {
    const output = outputs[name]!
    tensors.set(name, { dtype: 'F32', shape: shapeOf(output), data: output.data })
  }
  tensors.set('indices', { dtype: 'I32', shape: [batch.count], data: batch.indices })
  if (batch.labels) tensors.set('labels', { dtype: 'I32', shape: [batch.count], data: batch.labels })
  return tensors
}

const shapeOf = (output: Matrix | Views): number[] =>
  'rows' in output ? [output.rows, output.columns] : [output.count, output.views, output.dimension]
