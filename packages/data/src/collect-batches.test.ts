import { expect, test } from 'vitest'
import { collectBatches, type PlacedImage } from './collect-batches.ts'
import type { ImageBatch } from './dataset.ts'

async function* images(...indices: number[]): AsyncGenerator<PlacedImage> {
  for (const index of indices) yield { index, data: Uint8Array.of(index, index + 1, index + 2) }
}

async function collect(indices: number[], batchSize: number, expected: number): Promise<ImageBatch[]> {
  const shape = { height: 1, width: 1, labels: Int32Array.of(5, 6, 7, 8, 9) }
  const batches: ImageBatch[] = []
  for await (const batch of collectBatches(images(...indices), shape, batchSize, expected)) batches.push(batch)
  return batches
}

test('every batch has arrays of its own, the last only as long as it is full', async () => {
  const batches = await collect([4, 0, 2], 2, 5)
  expect(batches.map(({ count }) => count)).toEqual([2, 1])
  expect(batches.map(({ data }) => [...data])).toEqual([
    [4, 5, 6, 0, 1, 2],
    [2, 3, 4],
  ])
  expect(batches.map(({ labels }) => [...labels!])).toEqual([[9, 5], [7]])
  expect(batches.map(({ indices }) => Array.from(indices))).toEqual([[4, 0], [2]])
})

test('a batch size beyond the set, and no image at all', async () => {
  expect((await collect([1], 1000, 1)).map(({ count }) => count)).toEqual([1])
  expect(await collect([], 2, 5)).toEqual([])
})
