import { InvalidOptionError } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { prCurve } from './pr-curve.ts'

test('the example of the documentation', () => {
  const { recall, precision, thresholds } = prCurve([2, 1], [1, 0], { positive: 'id' })
  expect([[...recall], [...precision], [...thresholds]]).toEqual([
    [0, 0.5, 1, 1],
    [1, 1, 2 / 3, 0.5],
    [Infinity, 2, 1, 0],
  ])
})

test('OOD positive goes up from -Infinity', () => {
  const { recall, precision, thresholds } = prCurve([2, 1, 1], [1, 0], { positive: 'ood' })
  expect([[...recall], [...precision], [...thresholds]]).toEqual([
    [0, 0.5, 1, 1],
    [1, 1, 0.5, 0.4],
    [-Infinity, 0, 1, 2],
  ])
})

test('maxPoints keeps both ends', () => {
  const scores = Array.from({ length: 100 }, (_, i) => i)
  const { recall, precision } = prCurve(scores, scores, { positive: 'id', maxPoints: 5 })
  expect(recall).toHaveLength(5)
  expect([recall[0], precision[0], recall[4], precision[4]]).toEqual([0, 1, 1, 0.5])
})

test('refuses an unknown side', () => {
  // @ts-expect-error -- no such side
  expect(() => prCurve([1], [0], { positive: 'both' })).toThrow(InvalidOptionError)
})
