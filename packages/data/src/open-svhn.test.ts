import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import type { ImageBatch } from './dataset.ts'
import { openDataset } from './open-dataset.ts'

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url))
const fixture = (name: string): Buffer => readFileSync(join(fixtures, name))
const digits = [1, 0, 2, 1, 0, 3, 1, 9, 2, 0, 1, 5]

async function readOne(path: string, limitPerClass?: number): Promise<ImageBatch> {
  const config = { format: 'svhn' as const, path, limitPerClass }
  const dataset = await openDataset(config, { name: 'svhn', baseDirectory: fixtures })
  for await (const batch of dataset.batches({ batchSize: 100 })) return batch
  throw new Error('no batch')
}

for (const file of ['svhn.mat', 'svhn-compressed.mat']) {
  test(`${file}: 10 is the digit 0, columns become rows`, async () => {
    const { data, labels } = await readOne(file)
    expect([...labels!]).toEqual(digits)
    expect(Buffer.compare(data, fixture('svhn.rgb'))).toBe(0)
  })
}

test('limitPerClass keeps the first of each digit, in order', async () => {
  const { labels, indices, data } = await readOne('svhn-compressed.mat', 2)
  expect([...labels!]).toEqual([1, 0, 2, 1, 0, 3, 9, 2, 5])
  expect([...indices]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(Buffer.compare(data.subarray(6 * 3072, 7 * 3072), fixture('svhn.rgb').subarray(7 * 3072, 8 * 3072))).toBe(0)
  const config = { format: 'svhn' as const, path: 'svhn.mat', limitPerClass: 2 }
  const dataset = await openDataset(config, { name: 'svhn', baseDirectory: fixtures })
  expect(dataset.describe(6)).toBe('svhn.mat#7')
  expect(dataset.count).toBe(9)
})

describe('what is wrong with a file is said', () => {
  const plain = fixture('svhn.mat')
  const change = (at: number, ...bytes: number[]): Buffer => {
    const copy = Buffer.from(plain)
    copy.set(bytes, at)
    return copy
  }
  const wrong: [what: string, bytes: Uint8Array, message: string | RegExp][] = [
    ['truncated', plain.subarray(0, 20_000), /is truncated or damaged: no whole element at byte 128 of 20000$/],
    ['truncated header', plain.subarray(0, 100), 'has 100 bytes, too few for a MATLAB 5 file'],
    ['truncated, compressed', fixture('svhn-compressed.mat').subarray(0, 9000), /truncated|decompressed/],
    ['no labels', fixture('svhn-no-labels.mat'), 'holds no numeric array "y" (found: X)'],
    ['version 7.3', change(124, 0, 2), 'is a MATLAB 7.3 (HDF5) file: save it with -v7'],
    ['big-endian', change(126, 0x4d, 0x49), 'is a big-endian MATLAB file'],
    ['foreign', Buffer.alloc(500), 'is not a MATLAB 5 file'],
    ['a label beyond 10', change(plain.length - 8, 11), /y of image \d+ is 11 where 1 to 10 is expected/],
  ]
  for (const [what, bytes, message] of wrong) {
    test(`${what}`, async () => {
      const directory = temporaryDirectory()
      writeFileSync(join(directory, 'wrong.mat'), bytes)
      const opened = openDataset({ format: 'svhn', path: 'wrong.mat' }, { name: 'x', baseDirectory: directory })
      await expect(opened).rejects.toMatchObject({ name: 'InvalidFileError', file: join(directory, 'wrong.mat') })
      await expect(opened).rejects.toThrow(message)
    })
  }
})
