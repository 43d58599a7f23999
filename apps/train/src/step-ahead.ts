import type { AugmentedBatch } from '@mode-ood/data'
import type { StepResult, Trainer } from '@mode-ood/training'

/** Steps given to the trainer and not answered: while one is computed the next one waits at the door. */
const ahead = 2

/** A step that was done. */
export type DoneStep = StepResult & { readonly learningRate: number }

export interface StepAheadOptions {
  /** Views of an image that the loss takes for one; further ones are images of their own to it. */
  readonly lossViews: number
  /** Asked once a step. */
  readonly nextRate: () => number
}

/** Trains on batches in their order. When it ends no step is under way. */
export async function* stepAhead(
  trainer: Trainer,
  batches: AsyncIterable<AugmentedBatch>,
  { lossViews, nextRate }: StepAheadOptions,
): AsyncGenerator<DoneStep> {
  const underWay: Promise<DoneStep>[] = []
  try {
    for await (const { images, labels } of batches) {
      const learningRate = nextRate()
      const step = trainer
        .step({ images, labels: repeat(labels!, images.count / lossViews / labels!.length) }, learningRate)
        .then((result): DoneStep => ({ ...result, learningRate }))
      // A failure is told in its turn; until then it must not count as unhandled.
      step.catch(() => {})
      underWay.push(step)
      if (underWay.length >= ahead) yield await underWay.shift()!
    }
    while (underWay.length > 0) yield await underWay.shift()!
  } finally {
    await Promise.allSettled(underWay)
  }
}

function repeat(labels: Int32Array, times: number): Int32Array {
  const repeated = new Int32Array(labels.length * times)
  for (let i = 0; i < times; i++) repeated.set(labels, i * labels.length)
  return repeated
}
