import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { decodeImage } from './decode-image.ts'
import { resizePixels } from './resize-pixels.ts'

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
const cases = JSON.parse(readFileSync(fixture('resized.json'), 'utf8')) as {
  interpolation: 'bilinear' | 'bicubic'
  width: number
  height: number
}[]
const expected = readFileSync(fixture('resized.rgb'))
const picture = await decodeImage(fixture('picture.png'))

describe('resizePixels gives the bytes of Pillow', () => {
  let offset = 0
  for (const { interpolation, width, height } of cases) {
    const bytes = expected.subarray(offset, (offset += width * height * 3))
    test(`61x45 to ${width}x${height}, ${interpolation}`, () => {
      const { data } = resizePixels(picture, { width, height, interpolation })
      expect(Buffer.compare(data, bytes)).toBe(0)
    })
  }

  test('all fixture bytes are used', () => expect(offset).toBe(expected.length))
})

test('a window is the same part of the whole', () => {
  for (const [width, height] of [
    [32, 24],
    [61, 30],
    [30, 45],
    [61, 45],
    [90, 80],
  ] as const) {
    const size = { width, height, interpolation: 'bicubic' } as const
    const window = { left: 5, top: 7, width: 11, height: 9 }
    const whole = resizePixels(picture, size)
    const part = resizePixels(picture, { ...size, window })
    for (let y = 0; y < window.height; y++) {
      const from = ((window.top + y) * width + window.left) * 3
      expect([...part.data.subarray(y * 33, (y + 1) * 33)]).toEqual([...whole.data.subarray(from, from + 33)])
    }
  }
})

test('the source is not changed, one colour stays one colour', () => {
  const grey = { width: 5, height: 3, data: new Uint8Array(45).fill(77) }
  for (const interpolation of ['bilinear', 'bicubic'] as const) {
    expect(new Set(resizePixels(grey, { width: 9, height: 2, interpolation }).data)).toEqual(new Set([77]))
  }
  expect(new Set(grey.data)).toEqual(new Set([77]))
})
