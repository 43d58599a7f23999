import { createRandom, InvalidOptionError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { auroc } from './auroc.ts'
import { rocCurve } from './roc-curve.ts'

const trapezoid = (x: Float64Array, y: Float64Array) =>
  x.reduce((area, _, i) => (i === 0 ? 0 : area + ((x[i]! - x[i - 1]!) * (y[i]! + y[i - 1]!)) / 2), 0)

test('the example of the documentation', () => {
  const { fpr, tpr, thresholds } = rocCurve([2, 1], [1, 0])
  expect([[...fpr], [...tpr], [...thresholds]]).toEqual([
    [0, 0, 0.5, 1],
    [0, 0.5, 1, 1],
    [Infinity, 2, 1, 0],
  ])
})

test('constant scores are the diagonal', () => {
  const { fpr, tpr } = rocCurve([1, 1], [1])
  expect([[...fpr], [...tpr]]).toEqual([
    [0, 1],
    [0, 1],
  ])
})

describe('maxPoints', () => {
  const random = createRandom('curve')
  const id = Float64Array.from({ length: 3000 }, () => 1 + random.normal())
  const ood = Float64Array.from({ length: 5000 }, () => random.normal())

  test.each([2, 3, 50, 1000])('keeps at most %d points, both ends among them', (maxPoints) => {
    const { fpr, tpr } = rocCurve(id, ood, { maxPoints })
    expect(fpr.length).toBeLessThanOrEqual(maxPoints)
    expect(fpr.length).toBeGreaterThan(maxPoints * 0.9)
    expect([fpr[0], tpr[0], fpr.at(-1), tpr.at(-1)]).toEqual([0, 0, 1, 1])
  })

  test('no stretch left out is longer than promised, one step aside', () => {
    const { fpr, tpr } = rocCurve(id, ood, { maxPoints: 101 })
    for (let i = 1; i < fpr.length; i++) {
      expect(fpr[i]! - fpr[i - 1]!).toBeLessThan(2 / 100 + 1 / 3000)
      expect(tpr[i]! - tpr[i - 1]!).toBeLessThan(2 / 100 + 1 / 3000)
    }
  })

  test('the area hardly changes', () => {
    const { fpr, tpr } = rocCurve(id, ood, { maxPoints: 300 })
    expect(Math.abs(trapezoid(fpr, tpr) - auroc(id, ood))).toBeLessThan(1e-3)
  })

  test('a great tie does not make points crowd behind it', () => {
    const tied = Float64Array.from(id, (score) => Math.min(score, 1))
    const { tpr } = rocCurve(tied, ood, { maxPoints: 21 })
    expect(tpr.length).toBeLessThan(21)
    for (let i = 2; i < tpr.length - 1; i++) expect(tpr[i]).toBeGreaterThan(tpr[i - 1]! + 1e-3)
  })

  test.each([1, 0, 2.5, Number.NaN])('refuses %d', (maxPoints) => {
    expect(() => rocCurve(id, ood, { maxPoints })).toThrow(InvalidOptionError)
  })
})
