import { ModeOodError, type StateDict } from '@mode-ood/core'
import type { Scalar } from '@tensorflow/tfjs-core'
import * as z from 'zod'
import { checkBatch, checkImages } from '../check-batch.ts'
import { createQueue } from '../create-queue.ts'
import { frozenStages } from '../frozen-stages.ts'
import { importOptional } from '../import-optional.ts'
import { assembleEvaluation } from '../onnx/assemble-evaluation.ts'
import { stateTensors } from '../onnx/state-tensors.ts'
import { optimizerOptionsSchema } from '../optimizer-options.ts'
import { parseOptions } from '../parse-options.ts'
import { hasClassifier, startState } from '../start-state.ts'
import type { StepResult, Trainer, TrainerOptions, TrainingBatch } from '../trainer.ts'
import { trainingEntries } from '../training-entries.ts'
import { TrainingDivergedError } from '../training-diverged-error.ts'
import { applyGradients } from './apply-gradients.ts'
import { computeGradients, type GradientContext } from './compute-gradients.ts'
import { evaluate } from './evaluate.ts'
import { resolveLoss } from './resolve-loss.ts'
import { createVariables, readState, writeState } from './variables.ts'

/**
 * A trainer whose network is made of TensorFlow.js operations: on the GPU where a native backend sees one, and with any
 * differentiable loss. The backend is the process's; nothing else may change it while the trainer lives.
 *
 * @throws ModeOodError when a package it needs is not installed, BackendUnavailableError when `backend` cannot be used.
 */
export async function createTfjsTrainer(options: TrainerOptions): Promise<Trainer> {
  const { spec, state, seed = 0 } = options
  const classes = parseOptions('classes', z.int().positive(), options.classes)
  const optimizer = parseOptions('optimizer', optimizerOptionsSchema, options.optimizer ?? {})
  const { prepareBackend } = await importOptional('the engine tfjs', peers, () => import('@mode-ood/backend'))
  const { tf, summary } = await prepareBackend({ prefer: options.backend })
  const loss = await resolveLoss(tf, options)
  const entries = trainingEntries(spec, {
    classes: loss.readsLogits || (state && hasClassifier(state)) ? classes : undefined,
    classifierRole: loss.readsLogits ? 'learnt' : 'carried',
    lossTensors: loss.tensors,
    frozenStages: frozenStages(options),
  })
  const fit = (given: StateDict | undefined) =>
    startState(given, { spec, entries, seed, velocities: optimizer.momentum > 0 })
  const start = fit(state)
  const variables = createVariables(tf, entries, optimizer)
  writeState(tf, variables, start)
  const context: GradientContext = { tf, spec, loss, variables }
  const queue = createQueue()
  let isOpen = true
  let steps = 0

  /** Answers a call after those before it, unless the trainer has been closed by then. */
  function answer<T>(task: () => T | Promise<T>): Promise<T> {
    return queue(async () => {
      if (!isOpen) throw new ModeOodError('the trainer is closed')
      return task()
    })
  }

  async function step(batch: TrainingBatch, learningRate: number): Promise<StepResult> {
    checkBatch(batch, { views: loss.views, classes })
    steps++
    const computed = computeGradients(context, batch)
    try {
      const [value, ...parts] = await Promise.all([computed.loss, ...Object.values(computed.parts)].map(read))
      if (!Number.isFinite(value)) {
        throw new TrainingDivergedError({ loss: value!, step: steps, images: batch.images.count, learningRate })
      }
      applyGradients(context, computed, learningRate, optimizer)
      return {
        loss: value!,
        parts: Object.fromEntries(Object.keys(computed.parts).map((name, i) => [name, parts[i]!])),
      }
    } finally {
      tf.dispose(computed as never)
    }
  }

  return {
    description: `tfjs: ${summary}`,
    step: (batch, learningRate) => answer(() => step(batch, learningRate)),
    evaluate: (images) =>
      answer(async () => {
        checkImages(images)
        return assembleEvaluation({ spec, classes }, images, await evaluate(context, images))
      }),
    state: () => answer(async () => stateTensors(entries, await readState(variables))),
    restore: (given) => answer(() => writeState(tf, variables, fit(given))),
    close: () =>
      queue(async () => {
        isOpen = false
        for (const { value, velocity } of variables.values()) tf.dispose([value, ...(velocity ? [velocity] : [])])
        variables.clear()
      }),
  }
}

/** What the engine is made of. */
const peers = ['@mode-ood/backend', '@tensorflow/tfjs-core']

async function read(scalar: Scalar): Promise<number> {
  return (await scalar.data())[0]!
}
