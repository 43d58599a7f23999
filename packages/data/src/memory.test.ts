import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { openDataset } from './open-dataset.ts'

/** Largest resident size, in bytes, while all images of a file of so many empty records are read. */
async function peakMemory(records: number): Promise<number> {
  const baseDirectory = temporaryDirectory()
  writeFileSync(join(baseDirectory, 'sparse.bin'), '')
  truncateSync(join(baseDirectory, 'sparse.bin'), records * 3073)
  const dataset = await openDataset({ format: 'cifar10', files: ['sparse.bin'] }, { name: 'sparse', baseDirectory })
  let images = 0
  let peak = 0
  for await (const { count } of dataset.batches({ batchSize: 256 })) {
    images += count
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  expect(images).toBe(records)
  return peak
}

test('a hundred times the images take no more memory', async () => {
  await peakMemory(2000)
  const few = await peakMemory(2000)
  const many = await peakMemory(200_000)
  // The file has 615 MB; what grows is the garbage that waits for its collection.
  expect(many - few).toBeLessThan(96 * 2 ** 20)
})
