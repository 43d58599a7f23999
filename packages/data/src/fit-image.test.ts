import { InvalidFileError, InvalidOptionError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { createFitImage } from './fit-image.ts'
import type { Pixels } from './resize-pixels.ts'

/** Red tells the column, green the row. */
function gradient(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width), 0], i * 3)
  return { width, height, data }
}

describe('crop cuts the centre, the offset rounded to even as torchvision does', () => {
  // Python: round((extent - 4) / 2.0)
  for (const [extent, offset] of [
    [4, 0],
    [5, 0],
    [6, 1],
    [7, 2],
    [9, 2],
    [11, 4],
  ] as const) {
    test(`${extent} pixels`, () => {
      const fit = createFitImage({ resize: 'crop' }, 4, 4)
      expect(fit(gradient(extent, 4), 'wide').data[0]).toBe(offset)
      expect(fit(gradient(4, extent), 'tall').data[1]).toBe(offset)
    })
  }
})

test('crop resizes the shorter side to resizeTo first', () => {
  const fit = createFitImage({ resize: 'crop', resizeTo: 8 }, 4, 4)
  const image = fit(gradient(16, 32), 'image')
  expect([image.width, image.height]).toEqual([4, 4])
  // Halved to 8x16, the crop begins at (2, 6): source columns 4, 5 and rows 12, 13 with the triangle's symmetric tails.
  expect([image.data[0], image.data[1]]).toEqual([5, 13])
})

test('squash ignores the aspect, none takes only the size', () => {
  expect(createFitImage({}, 4, 4)(gradient(9, 2), 'image')).toMatchObject({ width: 4, height: 4 })
  const none = createFitImage({ resize: 'none' }, 4, 4)
  const image = gradient(4, 4)
  expect(none(image, 'image')).toBe(image)
  expect(() => none(gradient(4, 5), 'a/b.png')).toThrow(InvalidFileError)
  expect(() => none(gradient(4, 5), 'a/b.png')).toThrow('a/b.png: is 4x5 where 4x4 is expected')
})

test('resizeTo must be of use', () => {
  expect(() => createFitImage({ resize: 'crop', resizeTo: 3 }, 4, 4)).toThrow(InvalidOptionError)
  expect(() => createFitImage({ resizeTo: 8 }, 4, 4)).toThrow('resizeTo: 8 acts only with resize: crop')
})
