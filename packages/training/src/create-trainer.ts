import { InvalidOptionError } from '@mode-ood/core'
import * as z from 'zod'
import { isCustomLoss } from './is-custom-loss.ts'
import { createOnnxTrainer } from './onnx/create-onnx-trainer.ts'
import { parseOptions } from './parse-options.ts'
import { createTfjsTrainer } from './tfjs/create-tfjs-trainer.ts'
import type { Trainer, TrainerOptions } from './trainer.ts'

/** Options that one engine alone has. */
const ofEngine = { onnx: ['workers', 'layout'], tfjs: ['backend'] } as const
const defaults: Pick<TrainerOptions, 'workers' | 'layout' | 'backend'> = { workers: 1, layout: 'auto' }

/**
 * Starts training a network. Close the trainer when done.
 *
 * @throws InvalidOptionError for options that are unknown or wrong, InvalidFileError and InvalidInputError for a `state` that
 * does not fit; with the engine `tfjs` ModeOodError when a package it needs is not installed or a backend cannot be used.
 * @example
 * const trainer = await createTrainer({ spec: backboneSpec('cifar-resnet20'), classes: 10, loss: 'ce' })
 * const { loss } = await trainer.step({ images, labels }, 0.05)
 * await trainer.close()
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const asked = parseOptions('engine', z.enum(['auto', 'onnx', 'tfjs']).default('auto'), options.engine)
  const isCustom = isCustomLoss(options.loss)
  const engine = asked === 'auto' ? (isCustom ? 'tfjs' : 'onnx') : asked
  if (isCustom && engine === 'onnx') throw new InvalidOptionError('option "loss": a function needs the engine tfjs')
  const other = engine === 'onnx' ? 'tfjs' : 'onnx'
  const isSet = (name: (typeof ofEngine)[typeof other][number]) => (options[name] ?? defaults[name]) !== defaults[name]
  const stray = ofEngine[other].find(isSet)
  if (stray) throw new InvalidOptionError(`option "${stray}" is of the engine ${other}, but this one is ${engine}`)
  return engine === 'onnx' ? createOnnxTrainer(options) : createTfjsTrainer(options)
}
