import { InvalidInputError, type Need, type Score, type TrainingBatch } from '@mode-ood/core'
import { argmaxRows } from './argmax-rows.ts'
import { createFittedDetector } from './create-detector.ts'
import type { FittedDetector, Preprocessing, TrainingRecord } from './detector.ts'
import type { BatchOutputs, DetectorImages, DetectorModel } from './detector-model.ts'
import { runModel } from './run-model.ts'

/** In-distribution images to learn from. Without labels the model's predictions take their place. */
export type TrainingImages = DetectorImages & {
  readonly labels?: Int32Array | null | undefined
  /** What a person calls the images, to name them in explanations. */
  readonly names?: readonly string[] | undefined
}

/** Outputs computed elsewhere, in the place of images. */
export type TrainingOutputs = BatchOutputs & Pick<TrainingImages, 'labels' | 'names'>

type TrainingInput = TrainingImages | TrainingOutputs

export interface FitDetectorOptions {
  /** Left out where outputs are computed elsewhere. */
  readonly model?: DetectorModel | undefined
  readonly score: Score
  /** Batches, gone through as often as the score needs (most once, some twice). */
  readonly training: AsyncIterable<TrainingInput> | Iterable<TrainingInput>
  /** Needed for images that come as bytes. */
  readonly preprocessing?: Preprocessing | undefined
}

/**
 * Lets a score learn from training images through a model. The detector owns the model from then on and closes it.
 *
 * @throws InvalidInputError when the model does not give what the score needs, or there are no training images.
 *
 * @example
 * const fitted = await fitDetector({ model, score: csd(), training, preprocessing: { mean, std } })
 * const { scores } = await fitted.measure(heldOut)
 * const detector = fitted.calibrate(scores, { falseAlarmRate: 0.05 })
 */
export async function fitDetector(options: FitDetectorOptions): Promise<FittedDetector> {
  const { model = null, score, training, preprocessing = null } = options
  if (model) refuseMissing(model, score)
  const record = new Recorder()
  const read = async function* (): AsyncGenerator<TrainingBatch<Need>> {
    record.restart()
    for await (const batch of training) {
      const outputs = 'height' in batch ? await runModel({ model, score, preprocessing }, batch) : batch
      const labels = labelsOf(batch, outputs)
      record.add(labels, batch.names)
      yield { ...outputs, labels } as TrainingBatch<Need>
    }
  }
  const fitted = await score.fit({ [Symbol.asyncIterator]: read })
  if (score.needsFit && record.count === 0) {
    await fitted.close()
    throw new InvalidInputError(`score "${score.name}" has no training images to learn from`)
  }
  const explains = fitted.explain !== undefined
  return createFittedDetector({
    model,
    score,
    fitted,
    preprocessing,
    training: explains ? record.finish() : null,
    calibration: null,
  })
}

function labelsOf({ labels }: Pick<TrainingImages, 'labels'>, { logits, ...others }: BatchOutputs): Int32Array {
  if (labels) return labels
  if (logits && logits.columns > 0) return argmaxRows(logits)
  // Without labels and without a classifier all images are of one class: there is nothing to learn by.
  return new Int32Array(others.embedding?.rows ?? others.views?.count ?? 0)
}

function refuseMissing({ name, outputs, head }: DetectorModel, { name: score, needs }: Score): void {
  const missing = needs.filter((need) => (need === 'head' ? !head : !outputs.includes(need)))
  if (missing.length === 0) return
  throw new InvalidInputError(
    `score "${score}" needs the model's ${missing.join(' and ')}, which ${name} does not give`,
  )
}

/** Labels and names of the pass over the training data that runs. */
class Recorder {
  #labels: number[] = []
  #names: string[] | null = []

  get count(): number {
    return this.#labels.length
  }

  restart(): void {
    this.#labels = []
    this.#names = []
  }

  add(labels: Int32Array, names: readonly string[] | undefined): void {
    for (const label of labels) this.#labels.push(label)
    if (!names) this.#names = null
    for (const name of names ?? []) this.#names?.push(name)
  }

  finish(): TrainingRecord {
    return { labels: Int32Array.from(this.#labels), names: this.#names }
  }
}
