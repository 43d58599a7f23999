import type { BackboneSpec } from '@mode-ood/backbones'
import { createRandom, type StateDict } from '@mode-ood/core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { emitTrainingStep } from './emit-training-step.ts'
import { initialState } from './initial-state.ts'
import { type ImageSet, normalizedBatch, oneHot } from './normalized-batch.ts'

export interface TrainOptions {
  readonly classes: number
  readonly epochs: number
  readonly batchSize: number
  /** The highest; it falls to zero along a cosine (Loshchilov & Hutter 2017). */
  readonly learningRate: number
  readonly seed: number
  /** Called after every epoch with the mean loss over its batches. */
  readonly onEpoch?: (epoch: number, loss: number) => void
}

/**
 * Trains a network from scratch with cross-entropy, SGD and the augmentation of `normalizedBatch`, and returns its state
 * dict. The images left over after the last full batch of an epoch wait for the next. The same seed gives the same bits
 * on the same machine.
 */
export async function trainClassifier(spec: BackboneSpec, images: ImageSet, options: TrainOptions): Promise<StateDict> {
  const { classes, epochs, batchSize, seed } = options
  // a second thread of the runtime waits more than it works here
  const session = await InferenceSession.create(emitTrainingStep(spec, { classes, batchSize }), {
    intraOpNumThreads: 1,
  })
  const random = createRandom(seed)
  const state = initialState(spec, classes, random.fork('weights'))
  const order = Int32Array.from({ length: images.count }, (_, i) => i)
  const steps = Math.floor(images.count / batchSize)
  for (let epoch = 0; epoch < epochs; epoch++) {
    random.fork('order').fork(epoch).shuffle(order)
    const augment = random.fork('augmentation').fork(epoch)
    let loss = 0
    for (let step = 0; step < steps; step++) {
      const indices = order.subarray(step * batchSize, (step + 1) * batchSize)
      const progress = (epoch * steps + step) / (epochs * steps)
      const outputs = await session.run({
        ...Object.fromEntries(state),
        images: normalizedBatch(images, indices, augment),
        targets: oneHot(images.labels, indices, classes),
        learningRate: new Tensor('float32', [(options.learningRate * (1 + Math.cos(Math.PI * progress))) / 2], []),
      })
      for (const name of state.keys()) state.set(name, outputs[`next.${name}`]!)
      loss += (outputs['loss']!.data as Float32Array)[0]! / steps
    }
    options.onEpoch?.(epoch, loss)
  }
  await session.release()
  return stateDict(state)
}

/** The network without the optimiser's velocities. */
function stateDict(state: ReadonlyMap<string, Tensor>): StateDict {
  const kept = [...state].filter(([name]) => !name.startsWith('velocity.'))
  return new Map(
    kept.map(([name, { dims, data }]) => [name, { dtype: 'F32' as const, shape: dims, data: data as Float32Array }]),
  )
}
