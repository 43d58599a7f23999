import { expect, test } from 'vitest'
import { hoeffdingInterval, hoeffdingPValue } from './hoeffding-interval.ts'

test('of all successes it is (α/2)^(1/n), of none the mirror image', () => {
  const [lower, upper] = hoeffdingInterval(1, 100, 0.95)
  expect(lower).toBeCloseTo(0.025 ** (1 / 100), 12)
  expect(upper).toBe(1)
  const [least, most] = hoeffdingInterval(0, 100, 0.95)
  expect(least).toBe(0)
  expect(most).toBeCloseTo(1 - 0.025 ** (1 / 100), 12)
})

test('lies within the looser bound everyone knows, mean ± sqrt(ln(2/α) / 2n)', () => {
  for (const mean of [0, 0.1, 0.5, 0.83, 1]) {
    for (const n of [1, 7, 50, 1000]) {
      const [lower, upper] = hoeffdingInterval(mean, n, 0.9)
      const margin = Math.sqrt(Math.log(20) / (2 * n))
      expect(lower).toBeGreaterThanOrEqual(Math.max(0, mean - margin))
      expect(upper).toBeLessThanOrEqual(Math.min(1, mean + margin))
      expect(lower).toBeLessThanOrEqual(mean)
      expect(upper).toBeGreaterThanOrEqual(mean)
    }
  }
})

test('the p-value at an end of the interval is 1 - level', () => {
  const [lower, upper] = hoeffdingInterval(0.7, 30, 0.95)
  expect(hoeffdingPValue(0.7, lower, 30)).toBeCloseTo(0.05, 10)
  expect(hoeffdingPValue(0.7, upper, 30)).toBeCloseTo(0.05, 10)
  expect(hoeffdingPValue(0.7, 0.7, 30)).toBe(1)
})
