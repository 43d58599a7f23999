import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describeWithData, realData, temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import type { Dataset } from './dataset.ts'
import { openDataset } from './open-dataset.ts'

function idx(magic: number, dimensions: number[], content: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length)
  header.writeUInt32BE(magic, 0)
  dimensions.forEach((length, i) => header.writeUInt32BE(length, 4 + 4 * i))
  return Buffer.concat([header, content])
}

const images = idx(
  0x803,
  [3, 2, 4],
  Uint8Array.from({ length: 24 }, (_, i) => i * 10),
)
const labels = idx(0x801, [3], Uint8Array.of(7, 0, 9))

function open(files: Record<string, Uint8Array>, withLabels: boolean): Promise<Dataset> {
  const baseDirectory = temporaryDirectory()
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(baseDirectory, name), bytes)
  const config = { format: 'idx' as const, images: 'images', ...(withLabels ? { labels: 'labels' } : {}) }
  return openDataset(config, { name: 'x', baseDirectory })
}

for (const [kind, files] of [
  ['plain', { images, labels }],
  ['gzipped, without an extension', { images: gzipSync(images), labels: gzipSync(labels) }],
] as const) {
  test(`${kind} files are read in any order`, async () => {
    const dataset = await open(files, true)
    expect(dataset).toMatchObject({ count: 3, height: 2, width: 4, labelled: true, classes: null })
    for await (const batch of dataset.batches({ batchSize: 3, indices: [2, 0, 1] })) {
      expect([...batch.labels!]).toEqual([9, 7, 0])
      expect([...batch.indices]).toEqual([2, 0, 1])
      const grey = [16, 0, 8].flatMap((start) => Array.from({ length: 8 }, (_, i) => (start + i) * 10))
      expect([...batch.data]).toEqual(grey.flatMap((value) => [value & 255, value & 255, value & 255]))
    }
  })
}

test('labels may be absent', async () => {
  const dataset = await open({ images }, false)
  expect(dataset.labelled).toBe(false)
  for await (const batch of dataset.batches({ batchSize: 2 })) expect(batch.labels).toBeNull()
})

describe('what is wrong with a file is said', () => {
  const wrong: [what: string, files: Record<string, Uint8Array>, message: string][] = [
    ['short header', { images: images.subarray(0, 10), labels }, 'images: has 10 bytes, too few for an idx header'],
    ['magic', { images: labels, labels }, 'images: has 11 bytes, too few'],
    ['swapped', { images, labels: images }, 'labels: begins with 00000803 where idx labels begin with 00000801'],
    ['truncated', { images: images.subarray(0, -1), labels }, 'is truncated: 3 images take 40 bytes, but it has 39'],
    [
      'too long',
      { images: Buffer.concat([images, labels]), labels },
      'is too long: 3 images take 40 bytes, but it has 51',
    ],
    ['counts differ', { images, labels: idx(0x801, [2], Uint8Array.of(1, 2)) }, 'has 2 labels for the 3 images of'],
    ['empty', { images: idx(0x803, [0, 2, 4], new Uint8Array(0)), labels }, 'images: holds no images'],
    ['nothing', { images: new Uint8Array(0), labels }, 'images: has 0 bytes'],
    [
      'torn gzip',
      { images: gzipSync(images).subarray(0, -9), labels },
      'could not be decompressed: unexpected end of file',
    ],
  ]
  for (const [what, files, message] of wrong) {
    test(`${what}`, async () => {
      const opened = open(files, true)
      await expect(opened).rejects.toMatchObject({ name: 'InvalidFileError' })
      await expect(opened).rejects.toThrow(message)
    })
  }
})

describeWithData('real MNIST', ['ood/mnist/t10k-images-idx3-ubyte.gz'], () => {
  test('10,000 images, a thousand or so of each digit', async () => {
    const config = {
      format: 'idx' as const,
      images: 't10k-images-idx3-ubyte.gz',
      labels: 't10k-labels-idx1-ubyte.gz',
    }
    const dataset = await openDataset(config, { name: 'mnist', baseDirectory: realData('ood/mnist'), imageSize: 32 })
    const digits = new Array<number>(10).fill(0)
    for await (const { labels: found } of dataset.batches({ batchSize: 256 }))
      for (const digit of found!) digits[digit]!++
    // The counts the data set is published with.
    expect(digits).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    expect(dataset).toMatchObject({ count: 10_000, height: 32, width: 32 })
  })
})
