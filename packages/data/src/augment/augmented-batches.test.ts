import { createRandom } from '@mode-ood/core'
import { expect, test } from 'vitest'
import type { Dataset } from '../dataset.ts'
import { openDataset } from '../open-dataset.ts'
import { createAugmentBatch } from './augment-batch.ts'
import { augmentationSchema } from './augmentation-config.ts'
import { augmentedBatches } from './augmented-batches.ts'
import { openAugmenter } from './augmenter.ts'
import { openImageSource } from './image-source.ts'

const demo = await openDataset({ format: 'demo', set: 'test', count: 21 }, { name: 'demo', baseDirectory: '.' })
const order = createRandom('order').shuffle(Int32Array.from({ length: 21 }, (_, i) => i))
const options = {
  augmentation: augmentationSchema.parse('contrastive'),
  normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  seed: 3,
  views: 2,
} as const

async function collect(dataset: Dataset, memory: number, threads: number) {
  const augmenter = openAugmenter({ ...options, threads })
  const source = await openImageSource(dataset, { memory })
  const batches = []
  for await (const batch of augmentedBatches(source, augmenter, { order, batchSize: 4, epoch: 5 })) batches.push(batch)
  await augmenter.close()
  return { isHeld: source.isHeld, batches }
}

test('batches are the same bits with any number of threads, from memory or from files', async () => {
  const augment = createAugmentBatch(options)
  const expected = []
  for (let start = 0; start + 4 <= 21; start += 4) {
    for await (const batch of demo.batches({ batchSize: 4, indices: [...order.slice(start, start + 4)] })) {
      expected.push({ images: augment(batch, 5), labels: batch.labels })
    }
  }
  expect(expected).toHaveLength(5)
  for (const [memory, threads] of [
    [2 ** 20, 0],
    [0, 2],
  ] as const) {
    const { isHeld, batches } = await collect(demo, memory, threads)
    expect([isHeld, batches]).toEqual([memory > 0, expected])
  }
})

test('an epoch that is left early leaves nothing under way', async () => {
  const augmenter = openAugmenter({ ...options, threads: 1 })
  const source = await openImageSource(demo)
  for await (const { labels } of augmentedBatches(source, augmenter, { order, batchSize: 4, epoch: 0 })) {
    expect(labels).toHaveLength(4)
    break
  }
  await augmenter.close()
  const batch = await source.read(order.slice(0, 4))
  await expect(augmenter.augment(batch, 0)).rejects.toThrow('have ended')
})
