import { ModeOodError } from '@mode-ood/core'

/** The loss is no number any more. The weights are those of before the step. */
export class TrainingDivergedError extends ModeOodError {
  override name = 'TrainingDivergedError'
  readonly step: number
  readonly learningRate: number

  /** @param step the first one is 1. */
  constructor({
    loss,
    step,
    images,
    learningRate,
  }: {
    loss: number
    step: number
    images: number
    learningRate: number
  }) {
    super(
      `the loss is ${loss} in step ${step}, on a batch of ${images} images with learning rate ${learningRate}: ` +
        'lower the learning rate, or look for NaN in the images',
    )
    this.step = step
    this.learningRate = learningRate
  }
}
