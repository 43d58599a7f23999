import { expect, test } from 'vitest'
import { planChunks } from './plan-chunks.ts'

const mebibytes = (bytes: number) => bytes / 2 ** 20

test('chunks hold as many images as fit, the last one what is left, the first are kept', () => {
  // 5 images of 2 positions: 80 bytes an image.
  const memory = { chunkMebibytes: mebibytes(170), keptMebibytes: mebibytes(3 * 4 * 80) }
  expect(planChunks(5, 2, memory)).toEqual([
    { images: 2, isKept: true },
    { images: 2, isKept: true },
    { images: 1, isKept: false },
  ])
})

test('an image that exceeds a chunk is a chunk', () => {
  expect(planChunks(2, 64, { chunkMebibytes: 0, keptMebibytes: 1 })).toEqual([
    { images: 1, isKept: true },
    { images: 1, isKept: true },
  ])
})
