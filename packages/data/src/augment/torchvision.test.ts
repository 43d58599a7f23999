import { readFileSync } from 'node:fs'
import { relativeError, tolerance } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { adjustBrightness } from './adjust-brightness.ts'
import { adjustContrast } from './adjust-contrast.ts'
import { adjustHue } from './adjust-hue.ts'
import { adjustSaturation } from './adjust-saturation.ts'
import { createAugmentImage } from './augment-image.ts'
import { grayscale } from './grayscale.ts'
import { paddedCrop } from './padded-crop.ts'
import type { AugmentationPlan } from './plan-augmentation.ts'
import { createResizedCrop } from './resized-crop.ts'

interface Case {
  readonly operation: string
  readonly size: readonly [number, number]
  readonly data: readonly number[]
  readonly factor: number
  readonly box: readonly [number, number, number, number]
  readonly padding: number
  readonly top: number
  readonly left: number
}

const fixture = JSON.parse(readFileSync(new URL('../../fixtures/augment.json', import.meta.url), 'utf8')) as {
  readonly size: readonly [number, number]
  readonly pixels: readonly number[]
  readonly cases: readonly Case[]
}
const [height, width] = fixture.size
const image = { height, width, data: Uint8Array.from(fixture.pixels) }
const fractions = () => Float32Array.from(image.data, (byte) => byte / 255)
const casesOf = (operation: string) => fixture.cases.filter((one) => one.operation === operation)

function cropOf({ box, size }: Case, mirrored = false): Float32Array {
  const [top, left, boxHeight, boxWidth] = box
  const target = new Float32Array(size[0] * size[1] * 3)
  const crop = createResizedCrop({ height: size[0], width: size[1] })
  crop(image, { top, left, height: boxHeight, width: boxWidth }, mirrored, target)
  return target
}

function mirror(data: ArrayLike<number>, columns: number): number[] {
  return Array.from(data, (_, i) => {
    const [row, column, channel] = [Math.floor(i / (3 * columns)), Math.floor(i / 3) % columns, i % 3]
    return data[(row * columns + columns - 1 - column) * 3 + channel]!
  })
}

test.each(casesOf('resizedCrop'))('the part $box resized to $size', (given) => {
  expect(relativeError(cropOf(given), given.data)).toBeLessThan(tolerance.float32)
  expect(relativeError(cropOf(given, true), mirror(given.data, given.size[1]))).toBeLessThan(tolerance.float32)
})

test.each(casesOf('paddedCrop'))('a border of $padding, cut at $top, $left', (given) => {
  for (const mirrored of [false, true]) {
    const target = new Uint8Array(image.data.length).fill(99)
    paddedCrop(image, given, mirrored, target)
    const expected = given.data.map((value) => Math.round(value * 255))
    expect([...target]).toEqual(mirrored ? mirror(expected, width) : expected)
  }
})

test.each([
  ['brightness', adjustBrightness],
  ['contrast', adjustContrast],
  ['saturation', adjustSaturation],
  ['hue', adjustHue],
  ['grayscale', grayscale],
] as const)('%s', (operation, adjust) => {
  const cases = casesOf(operation)
  expect(cases.length).toBeGreaterThan(0)
  for (const { factor, data } of cases) {
    const pixels = fractions()
    adjust(pixels, factor)
    expect(relativeError(pixels, data), `by ${factor}`).toBeLessThan(tolerance.float32)
  }
})

test('a hue a hair’s breadth below red is red', () => {
  const pixels = Float32Array.of(1, 0, 1e-20)
  adjustHue(pixels, 0)
  expect([...pixels]).toEqual([1, 0, expect.closeTo(0)])
})

test('an image that is only made grey is grey', () => {
  const target = new Float32Array(image.data.length)
  const plan = { crop: { padded: { padding: 0, top: 0, left: 0 } }, mirrored: false, colors: [], grayscale: true }
  createAugmentImage({ height, width }, { mean: [0, 0, 0], std: [1, 1, 1] })(image, plan, target)
  expect(relativeError(target, casesOf('grayscale')[0]!.data)).toBeLessThan(tolerance.float32)
})

test('mirrored, with colours in the order of the plan, normalised', () => {
  const colors: AugmentationPlan['colors'] = [
    { kind: 'brightness', amount: 1.3 },
    { kind: 'contrast', amount: 0.7 },
    { kind: 'hue', amount: -0.08 },
    { kind: 'saturation', amount: 1.35 },
  ]
  const [mean, std] = [[0.5, 0.4, 0.3] as const, [0.2, 0.25, 0.3] as const]
  const expected = mirror(casesOf('chain')[0]!.data, width).map((value, i) => (value - mean[i % 3]!) / std[i % 3]!)
  const whole = { top: 0, left: 0, height, width }
  for (const crop of [{ resized: whole }, { padded: { padding: 0, top: 0, left: 0 } }]) {
    const target = new Float32Array(image.data.length)
    createAugmentImage({ height, width }, { mean, std })(
      image,
      { crop, mirrored: true, colors, grayscale: false },
      target,
    )
    expect(relativeError(target, expected)).toBeLessThan(tolerance.float32)
  }
})
