import { createRandom } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { normalizeImages } from '../normalize-images.ts'
import { type AugmentBatchOptions, createAugmentBatch } from './augment-batch.ts'
import { augmentationSchema } from './augmentation-config.ts'

const random = createRandom('augment batch')
const size = 8 * 6 * 3
const pixels = Uint8Array.from({ length: 5 * size }, () => random.integer(256))
const normalization = { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] } as const
const contrastive = augmentationSchema.parse('contrastive')

/** Images of the set, in this order. */
function batch(...indices: number[]) {
  const data = new Uint8Array(indices.length * size)
  for (const [i, index] of indices.entries()) data.set(pixels.subarray(index * size, (index + 1) * size), i * size)
  return { count: indices.length, height: 8, width: 6, data, indices: Int32Array.from(indices), labels: null }
}

const augment = (
  indices: number[],
  { epoch = 0, ...options }: Partial<AugmentBatchOptions> & { epoch?: number } = {},
) => createAugmentBatch({ augmentation: contrastive, normalization, seed: 7, ...options })(batch(...indices), epoch)
const views = (data: Float32Array) =>
  Array.from({ length: data.length / size }, (_, i) => data.slice(i * size, (i + 1) * size))

test('an image is augmented alike in every batch', () => {
  const together = views(augment([0, 1, 2, 3, 4], { views: 2 }).data)
  const apart = [[3], [0, 4], [2, 1]].flatMap((indices) => {
    const made = views(augment(indices, { views: 2 }).data)
    return indices.map((index, i) => [index, made[i]!, made[indices.length + i]!] as const)
  })
  for (const [index, first, second] of apart) expect([first, second]).toEqual([together[index], together[5 + index]])
})

test('seed, epoch, image and view each make a difference, nothing else does', () => {
  const [first, second] = views(augment([2], { views: 2 }).data)
  expect(second).not.toEqual(first)
  expect(augment([2], { epoch: 1 }).data).not.toEqual(first)
  expect(augment([2], { seed: 8 }).data).not.toEqual(first)
  const twin = { ...batch(2), indices: Int32Array.of(3) }
  expect(createAugmentBatch({ augmentation: contrastive, normalization, seed: 7 })(twin, 0).data).not.toEqual(first)
  expect(augment([2]).data).toEqual(first)
})

test('without augmentation pixels get the numbers of inference, bit for bit', () => {
  const augmentation = augmentationSchema.parse('none')
  const { count, data } = augment([0, 1, 2, 3, 4], { augmentation, views: 2 })
  const expected = normalizeImages(batch(0, 1, 2, 3, 4), normalization).data
  expect(count).toBe(10)
  expect(data.subarray(0, 5 * size)).toEqual(expected)
  expect(data.subarray(5 * size)).toEqual(expected)
})

test('every number is finite and of a pixel in 0..1', () => {
  for (let epoch = 0; epoch < 20; epoch++) {
    const { data } = augment([0, 1, 2, 3, 4], { epoch, views: 2, normalization: { mean: [0, 0, 0], std: [1, 1, 1] } })
    for (const value of data) expect(value >= 0 && value <= 1).toBe(true)
  }
})

test('the batch is not changed', () => {
  const given = batch(0, 1)
  createAugmentBatch({ augmentation: contrastive, normalization, seed: 7 })(given, 0)
  expect(given).toEqual(batch(0, 1))
})
