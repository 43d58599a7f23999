import { InvalidOptionError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { fprAtTpr } from './fpr-at-tpr.ts'
import { normalCriticalValue } from './normal-distribution.ts'

const quantile = (p: number) => Math.sign(p - 0.5) * normalCriticalValue(Math.abs(2 * p - 1))
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('ID positive', () => {
  test('the example of the documentation', () => {
    expect(fprAtTpr([4, 3, 2, 1], [2.5, 0], { positive: 'id', tpr: 0.75 })).toBe(0.5)
  })

  test('19 of 20 images are 95 %, and the threshold itself is accepted', () => {
    expect(fprAtTpr(upTo(20), [1], { positive: 'id' })).toBe(1)
    expect(fprAtTpr(upTo(20), [0.999], { positive: 'id' })).toBe(0)
  })

  test('18 of 19 are not', () => {
    expect(fprAtTpr(upTo(19), [0], { positive: 'id' })).toBe(1)
  })

  test('n images keep ceil(0.95 n), in integers, for every n', () => {
    for (let n = 1; n <= 400; n++) {
      const kept = Math.floor((95 * n + 99) / 100)
      const threshold = n - kept
      expect(fprAtTpr(upTo(n), [threshold, threshold - 0.5], { positive: 'id' })).toBe(0.5)
    }
  })

  test('constant scores accept every OOD image', () => {
    expect(fprAtTpr([1, 1], [1, 1, 1], { positive: 'id' })).toBe(1)
  })

  test('tpr 1 keeps all', () => {
    expect(fprAtTpr([1, 5], [0, 1, 2, 3], { positive: 'id', tpr: 1 })).toBe(0.75)
  })
})

describe('OOD positive', () => {
  test('catches 19 of 20 and rejects what ties with the threshold', () => {
    expect(fprAtTpr([18, 18.5, 19, 20], upTo(20), { positive: 'ood' })).toBe(0.25)
  })

  test('one image a side', () => {
    expect(fprAtTpr([1], [0], { positive: 'ood' })).toBe(0)
    expect(fprAtTpr([1], [1], { positive: 'ood' })).toBe(1)
  })
})

test('ID ~ N(0, 1), OOD ~ N(4, 2): the two conventions are 11.95 % and 23.88 %', () => {
  const grid = Array.from({ length: 20_000 }, (_, i) => quantile((i + 0.5) / 20_000))
  const id = grid.map((z) => -z)
  const ood = grid.map((z) => -(4 + 2 * z))
  // The step of the grid where the thresholds lie is worth 3e-4 of the other side.
  expect(Math.abs(fprAtTpr(id, ood, { positive: 'id' }) - 0.1195)).toBeLessThan(3e-4)
  expect(Math.abs(fprAtTpr(id, ood, { positive: 'ood' }) - 0.2388)).toBeLessThan(3e-4)
})

describe('the rule of the papers', () => {
  const paper = { positive: 'id', rule: 'paper' } as const

  test('the threshold itself is rejected, so constant scores give 0', () => {
    expect(fprAtTpr([1, 1, 1], [1, 1], paper)).toBe(0)
    expect(fprAtTpr(upTo(20), [1, 1.5], paper)).toBe(0.5)
  })

  // numpy: [round(0.05 * n) for n in (1, 9, 10, 11, 30, 50, 70, 90, 110, 5000, 9000)]
  test.each([
    [1, 0],
    [9, 0],
    [10, 0],
    [11, 1],
    [30, 2],
    [50, 2],
    [70, 4],
    [90, 4],
    [110, 6],
    [5000, 250],
    [9000, 450],
  ])('of %d ID scores number %d is the threshold', (n, index) => {
    expect(fprAtTpr(upTo(n), [index - 0.5, index, index + 0.5, index + 1], paper)).toBe(0.5)
  })

  test('other rates use round((1 - tpr) n), at most the last score', () => {
    expect(fprAtTpr(upTo(10), [1, 1.5], { ...paper, tpr: 0.9 })).toBe(0.5)
    expect(fprAtTpr([3], [3, 4], { ...paper, tpr: 0.1 })).toBe(0.5)
  })

  test('exists for ID positive only', () => {
    expect(() => fprAtTpr([1], [0], { positive: 'ood', rule: 'paper' })).toThrow(InvalidOptionError)
  })
})

test.each([0, -0.1, 1.01, 95, Number.NaN])('refuses tpr %d', (tpr) => {
  expect(() => fprAtTpr([1], [0], { positive: 'id', tpr })).toThrow(InvalidOptionError)
  expect(() => fprAtTpr([1], [0], { positive: 'id', tpr, rule: 'paper' })).toThrow(InvalidOptionError)
})

test('refuses an unknown rule', () => {
  // @ts-expect-error -- no such rule
  expect(() => fprAtTpr([1], [0], { positive: 'id', rule: 'odin' })).toThrow(InvalidOptionError)
})
