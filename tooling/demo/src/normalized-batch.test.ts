import { createRandom } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { type ImageSet, normalizedBatch } from './normalized-batch.ts'

const size = 9
const data = Uint8Array.from({ length: 2 * size * size * 3 }, (_, i) => (i * 7) % 251)
const images: ImageSet = { count: 2, size, data, labels: Int32Array.of(1, 0) }
const pixel = (image: number, y: number, x: number, c: number) => data[((image * size + y) * size + x) * 3 + c]!

test('without augmentation the bytes, normalised, in the order asked for', () => {
  const { data: batch, ...shape } = normalizedBatch(images, [1, 0])
  expect(shape).toEqual({ count: 2, height: size, width: size })
  expect(batch[0]).toBeCloseTo((pixel(1, 0, 0, 0) / 255 - 0.5) / 0.25, 6)
  expect(batch[size * size * 3 + 4]).toBeCloseTo((pixel(0, 0, 1, 1) / 255 - 0.5) / 0.25, 6)
})

test('augmented images are the original mirrored or not and moved by at most three pixels', () => {
  const found = new Set<string>()
  const random = createRandom(1)
  for (let draw = 0; draw < 200; draw++) {
    const batch = normalizedBatch(images, [0], random).data
    const matches: string[] = []
    for (const mirrored of [false, true]) {
      for (let down = -3; down <= 3; down++) {
        for (let right = -3; right <= 3; right++) {
          const fits = [3, 4, 5].every((y) =>
            [3, 4, 5].every((x) => {
              const column = mirrored ? size - 1 - x - right : x + right
              const value = (pixel(0, y + down, column, 2) / 255 - 0.5) / 0.25
              return Math.abs(batch[(y * size + x) * 3 + 2]! - value) < 1e-6
            }),
          )
          if (fits) matches.push(`${mirrored} ${down} ${right}`)
        }
      }
    }
    expect(matches).toHaveLength(1)
    found.add(matches[0]!)
  }
  expect(found.size).toBeGreaterThan(70)
})
