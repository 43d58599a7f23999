import { InvalidOptionError } from '@mode-ood/core'
import { createOnnxTrainer } from './onnx/create-onnx-trainer.ts'
import type { Trainer, TrainerOptions } from './trainer.ts'

/**
 * Starts training a network. Close the trainer when done.
 *
 * @throws InvalidOptionError for options that are unknown or wrong, InvalidFileError and InvalidInputError for a `state` that
 * does not fit.
 * @example
 * const trainer = await createTrainer({ spec: backboneSpec('cifar-resnet20'), classes: 10, loss: 'ce' })
 * const { loss } = await trainer.step({ images, labels }, 0.05)
 * await trainer.close()
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const { engine = 'auto' } = options
  if (engine === 'auto' || engine === 'onnx') return createOnnxTrainer(options)
  throw new InvalidOptionError(`option "engine": "${engine}" is not there yet`)
}
