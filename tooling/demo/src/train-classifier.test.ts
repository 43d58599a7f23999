import { backboneSpec, type BackboneSpec } from '@mode-ood/backbones'
import { createRandom } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { measureAccuracy } from './measure-accuracy.ts'
import type { ImageSet } from './normalized-batch.ts'
import { trainClassifier } from './train-classifier.ts'

const tiny: BackboneSpec = {
  ...backboneSpec('cifar-resnet20'),
  stem: { kernel: 3, stride: 1, channels: 4, maxPool: false },
  stages: [{ blocks: 1, width: 4, stride: 1 }],
  inputSize: 8,
}

/** Noise, brighter for class 1 than for class 0. */
function createImages(seed: number): ImageSet {
  const random = createRandom(seed)
  const [count, size] = [96, 8]
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2)
  const data = Uint8Array.from({ length: count * size * size * 3 }, (_, i) => {
    return random.integer(200) + 55 * labels[Math.floor(i / (size * size * 3))]!
  })
  return { count, size, data, labels }
}

test('learns what can be learnt, the same bits from the same seed', async () => {
  const losses: number[] = []
  const options = { classes: 2, epochs: 6, batchSize: 16, learningRate: 0.1, seed: 5 }
  const tensors = await trainClassifier(tiny, createImages(1), { ...options, onEpoch: (_, loss) => losses.push(loss) })
  expect(losses).toHaveLength(6)
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 2)
  // a fresh set, and the network folded for inference: learnt and running statistics both count
  expect(await measureAccuracy(tiny, tensors, createImages(2), 2)).toBeGreaterThan(0.95)
  expect(await trainClassifier(tiny, createImages(1), options)).toEqual(tensors)
  const other = await trainClassifier(tiny, createImages(1), { ...options, seed: 6 })
  expect(other.get('conv1.weight')).not.toEqual(tensors.get('conv1.weight'))
})
