import { describe, expect, test } from 'vitest'
import { conformalRank, leastCalibration } from './conformal-rank.ts'

describe('conformalRank', () => {
  test('is ⌊α(n+1)⌋ on average, also where float64 would put the product below a whole number', () => {
    const rank = (count: number, falseAlarmRate: number) => conformalRank(count, { falseAlarmRate, confidence: null })
    expect([rank(18, 0.05), rank(19, 0.05), rank(38, 0.05), rank(39, 0.05), rank(99, 0.29)]).toEqual([0, 1, 1, 2, 29])
  })

  test('with confidence it is that of the tables of tolerance limits (Wilks)', () => {
    const rank = (count: number) => conformalRank(count, { falseAlarmRate: 0.05, confidence: 0.95 })
    expect([58, 59, 92, 93, 123, 124, 152, 153].map(rank)).toEqual([0, 1, 1, 2, 2, 3, 3, 4])
  })
})

test.each([
  [0.05, null, 19],
  [0.01, null, 99],
  [0.1, null, 9],
  [0.3, null, 3],
  [0.05, 0.95, 59],
  [0.1, 0.95, 29],
  [0.05, 0.9, 45],
  [0.05, 0.99, 90],
  [0.01, 0.95, 299],
  [0.01, 0.99, 459],
])('a rate of %d with confidence %s needs %i calibration images', (falseAlarmRate, confidence, expected) => {
  expect(leastCalibration({ falseAlarmRate, confidence })).toBe(expected)
})
