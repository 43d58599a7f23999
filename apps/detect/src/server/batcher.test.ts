import type { Detector } from '@mode-ood/detector'
import { expect, test } from 'vitest'
import type { ImageLoader } from '../load-image.ts'
import { createBatcher } from './batcher.ts'

/** Judges images of one byte, which is their score; explains by as many training images as it is asked for. */
function recordingDetector() {
  const calls: { images: number; nearest: number }[] = []
  const detect: Detector['detect'] = async ({ count, data }, { nearest = 0 } = {}) => {
    calls.push({ images: count, nearest })
    const near = Array.from({ length: nearest }, (_, index) => ({ index, distance: index }))
    return Array.from({ length: count }, (_, i) => ({
      score: data[i]!,
      pValue: 1,
      isOod: false,
      ...(nearest > 0 && { nearest: near }),
    }))
  }
  return { calls, detector: { detect } as Detector }
}

const loader = {
  stack: (images: readonly Uint8Array[]) => ({
    count: images.length,
    height: 1,
    width: 1,
    data: Uint8Array.from(images, ([value]) => value!),
  }),
} as unknown as ImageLoader

test('one image to explain does not have the others explained', async () => {
  const { calls, detector } = recordingDetector()
  const batcher = createBatcher(detector, loader, { mostImages: 64, onBatch: () => {} })
  const asked = [0, 2, 0, 0, 1]
  const found = await Promise.all(asked.map((nearest, i) => batcher.detect(Uint8Array.of(10 + i), nearest)))
  expect(calls).toEqual([
    { images: 3, nearest: 0 },
    { images: 2, nearest: 2 },
  ])
  expect(found.map(({ score }) => score)).toEqual([10, 11, 12, 13, 14])
  expect(found.map(({ nearest }) => nearest?.length ?? 0)).toEqual(asked)
})

test('batches have no more images than may be judged at once', async () => {
  const { calls, detector } = recordingDetector()
  const sizes: number[] = []
  const batcher = createBatcher(detector, loader, { mostImages: 4, onBatch: (images) => sizes.push(images) })
  await Promise.all(Array.from({ length: 10 }, (_, i) => batcher.detect(Uint8Array.of(i), 0)))
  expect(calls.map(({ images }) => images)).toEqual([4, 4, 2])
  expect(sizes).toEqual([4, 4, 2])
})
