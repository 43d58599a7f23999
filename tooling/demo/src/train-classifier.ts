import type { BackboneSpec } from '@mode-ood/backbones'
import { createRandom, type StateDict } from '@mode-ood/core'
import { createTrainer, modelTensors } from '@mode-ood/training'
import { type ImageSet, normalizedBatch } from './normalized-batch.ts'

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
  const trainer = await createTrainer({ spec, classes, loss: 'ce', seed })
  const random = createRandom(seed)
  const order = Int32Array.from({ length: images.count }, (_, i) => i)
  const steps = Math.floor(images.count / batchSize)
  for (let epoch = 0; epoch < epochs; epoch++) {
    random.fork('order').fork(epoch).shuffle(order)
    const augment = random.fork('augmentation').fork(epoch)
    let loss = 0
    for (let step = 0; step < steps; step++) {
      const indices = order.subarray(step * batchSize, (step + 1) * batchSize)
      const progress = (epoch * steps + step) / (epochs * steps)
      const labels = Int32Array.from(indices, (index) => images.labels[index]!)
      const batch = { images: normalizedBatch(images, indices, augment), labels }
      const result = await trainer.step(batch, (options.learningRate * (1 + Math.cos(Math.PI * progress))) / 2)
      loss += result.loss / steps
    }
    options.onEpoch?.(epoch, loss)
  }
  const state = await trainer.state()
  await trainer.close()
  return modelTensors(state)
}
