import { readFileSync } from 'node:fs'
import { createRandom, InvalidOptionError } from '@mode-ood/core'
import { relativeError } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { aurocInterval } from './auroc-interval.ts'
import type { Interval } from './interval.ts'

const width = ([lower, upper]: Interval) => upper - lower

const { cases } = JSON.parse(readFileSync(new URL('../fixtures/delong.json', import.meta.url), 'utf8')) as {
  cases: { name: string; first: { id: number[]; ood: number[] }; interval: Record<string, [number, number]> }[]
}

describe.each(cases)('pairwise DeLong and scipy: $name', ({ first, interval }) => {
  test.each(Object.entries(interval))('level %s', (level, [lower, upper]) => {
    const actual = aurocInterval(first.id, first.ood, { level: Number(level) })
    expect(relativeError(actual, [Math.max(0, lower), Math.min(1, upper)])).toBeLessThan(1e-12)
  })
})

test('the example of the documentation', () => {
  const [lower, upper] = aurocInterval([4, 3, 3, 1], [2, 1, 0])
  // V10 = 1, 1, 1, ½ and V01 = ¾, ⅞, 1: the variance is 1/16/4 + 1/64/3 = 1/48.
  expect(lower).toBeCloseTo(0.875 - 1.959963984540054 / Math.sqrt(48), 12)
  expect(upper).toBe(1)
})

describe('where the variance says nothing', () => {
  test('perfect separation', () => {
    const id = Array.from({ length: 100 }, (_, i) => 200 + i)
    const ood = Array.from({ length: 100 }, (_, i) => i)
    const [lower, upper] = aurocInterval(id, ood)
    expect(lower).toBeCloseTo(0.9638, 4)
    expect(upper).toBe(1)
    expect(aurocInterval(ood, id)).toEqual([0, expect.closeTo(1 - 0.9638, 4)])
  })

  test('constant scores', () => {
    const [lower, upper] = aurocInterval([1, 1, 1, 1], [1, 1, 1, 1])
    expect(lower).toBeGreaterThan(0)
    expect(lower).toBeLessThan(0.1)
    expect(upper).toBeCloseTo(1 - lower, 12)
  })

  test('one image on a side', () => {
    const [lower, upper] = aurocInterval([1], [0])
    expect([lower, upper]).toEqual([expect.closeTo(0.025, 12), 1])
    expect(aurocInterval([2], [0, 1, 3])[0]).toBeLessThan(0.01)
    expect(aurocInterval([0, 1, 3], [2])[1]).toBeGreaterThan(0.9)
  })
})

test('a higher level is wider, and more images are narrower', () => {
  const { id, ood } = cases[0]!.first
  expect(width(aurocInterval(id, ood, { level: 0.99 }))).toBeGreaterThan(width(aurocInterval(id, ood)))
  expect(width(aurocInterval([...id, ...id], [...ood, ...ood]))).toBeLessThan(width(aurocInterval(id, ood)))
})

test('holds the true AUROC in about 95 % of 2,000 simulations', () => {
  const random = createRandom('coverage')
  const draw = (count: number, mean: number) => Float64Array.from({ length: count }, () => mean + random.normal())
  // P(N(1, 1) > N(0, 1)) = Φ(1/√2)
  const truth = 0.7602499389065233
  let covered = 0
  for (let i = 0; i < 2000; i++) {
    const [lower, upper] = aurocInterval(draw(60, 1), draw(40, 0))
    if (lower <= truth && truth <= upper) covered++
  }
  // Three standard errors of a share of 0.95 are 0.015; the normal approximation at this size costs a little more.
  expect(covered / 2000).toBeGreaterThan(0.93)
  expect(covered / 2000).toBeLessThan(0.97)
})

test.each([0, 1, 95, -1, Number.NaN])('refuses level %d', (level) => {
  expect(() => aurocInterval([1], [0], { level })).toThrow(InvalidOptionError)
})
