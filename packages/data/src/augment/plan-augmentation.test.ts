import { createRandom } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { augmentationSchema, type AugmentationInput } from './augmentation-config.ts'
import { planAugmentation } from './plan-augmentation.ts'

const size = { height: 32, width: 32 }
const plans = (input: AugmentationInput, image = size, count = 4000) =>
  Array.from({ length: count }, (_, i) =>
    planAugmentation(createRandom(`plan ${i}`), augmentationSchema.parse(input), image),
  )
const share = <T>(items: readonly T[], holds: (item: T) => boolean) => items.filter(holds).length / items.length
const boxes = (input: AugmentationInput, image = size) =>
  plans(input, image).flatMap(({ crop }) => ('resized' in crop ? [crop.resized] : []))

describe('a resized crop', () => {
  const drawn = boxes('contrastive')

  test('is drawn for every view', () => expect(drawn).toHaveLength(4000))

  test('lies inside and keeps to scale and ratio, up to whole pixels', () => {
    for (const { top, left, height, width } of drawn) {
      expect(Math.min(top, left, 32 - top - height, 32 - left - width)).toBeGreaterThanOrEqual(0)
      expect((width + 0.5) * (height + 0.5)).toBeGreaterThan(0.2 * 1024)
      expect((width + 0.5) / (height - 0.5)).toBeGreaterThan(3 / 4)
      expect((width - 0.5) / (height + 0.5)).toBeLessThan(4 / 3)
    }
  })

  test('has an area uniform in the scale, but for the large ones that do not fit', () => {
    const area = drawn.map(({ height, width }) => (height * width) / 1024)
    const [small, middle] = [share(area, (a) => a < 0.4), share(area, (a) => a >= 0.4 && a < 0.6)]
    expect(small / middle).toBeGreaterThan(0.85)
    expect(small / middle).toBeLessThan(1.15)
    expect(share(area, (a) => a > 0.9)).toBeLessThan(small / 2)
  })

  test('is as often wide as high, anywhere', () => {
    expect(share(drawn, ({ height, width }) => width > height)).toBeCloseTo(
      share(drawn, ({ height, width }) => width < height),
      1,
    )
    expect(share(drawn, ({ top, height }) => top < (32 - height) / 2)).toBeGreaterThan(0.4)
    expect(new Set(drawn.filter(({ height }) => height === 30).map(({ top }) => top))).toEqual(new Set([0, 1, 2]))
  })

  test('of an image too narrow for any ratio is the largest middle part', () => {
    const [box] = boxes({ crop: { kind: 'resized', scale: [1, 1] } }, { height: 40, width: 10 })
    expect(box).toEqual({ top: 13, left: 0, height: 13, width: 10 })
  })
})

test('a padded crop begins at every place alike', () => {
  const drawn = plans('crop-flip').flatMap(({ crop }) => ('padded' in crop ? [crop.padded] : []))
  expect(drawn).toHaveLength(4000)
  for (let place = 0; place <= 8; place++) {
    expect(share(drawn, ({ top }) => top === place)).toBeCloseTo(1 / 9, 1)
    expect(share(drawn, ({ left }) => left === place)).toBeCloseTo(1 / 9, 1)
  }
})

test('colours change with their probability, in all orders, within their ranges', () => {
  const drawn = plans('contrastive')
  const changed = drawn.filter(({ colors }) => colors.length > 0)
  expect(changed.length / drawn.length).toBeCloseTo(0.8, 1)
  expect(new Set(changed.map(({ colors }) => colors.map(({ kind }) => kind).join())).size).toBe(24)
  for (const { kind, amount } of changed.flatMap(({ colors }) => colors)) {
    expect(Math.abs(kind === 'hue' ? amount : amount - 1)).toBeLessThanOrEqual(kind === 'hue' ? 0.1 : 0.4)
  }
  expect(
    share(
      changed.flatMap(({ colors }) => colors),
      ({ kind, amount }) => kind === 'contrast' && amount > 1,
    ),
  ).toBeCloseTo(1 / 8, 1)
  expect(share(drawn, ({ grayscale }) => grayscale)).toBeCloseTo(0.2, 1)
  expect(share(drawn, ({ mirrored }) => mirrored)).toBeCloseTo(0.5, 1)
})

test('what is not asked for does not happen', () => {
  for (const plan of plans('none', size, 50)) {
    const crop = { padded: { padding: 0, top: 0, left: 0 } }
    expect(plan).toEqual({ crop, mirrored: false, colors: [], grayscale: false })
  }
  const [plan] = plans({ jitter: { contrast: 0, hue: 0, probability: 1 } }, size, 1)
  expect(plan!.colors.map(({ kind }) => kind).sort()).toEqual(['brightness', 'saturation'])
})

test.each([
  [{ flip: 1.5 }, 'flip'],
  [{ crop: { kind: 'resized', scale: [0.8, 0.2] } }, 'scale'],
  [{ jitter: { hue: 0.6 } }, 'jitter'],
  ['strong', ''],
])('%j is refused', (input, path) => {
  const { error } = augmentationSchema.safeParse(input as AugmentationInput)
  expect(JSON.stringify(error?.issues)).toContain(path)
})
