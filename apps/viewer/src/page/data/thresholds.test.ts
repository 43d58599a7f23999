import { createRandom } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { conformalThreshold, thresholdKeeping } from './thresholds.ts'

const random = createRandom('thresholds')
const samples = [1, 2, 19, 20, 21, 100, 333].flatMap((count) => [
  Float64Array.from({ length: count }, () => random.normal()).sort(),
  // Many ties.
  Float64Array.from({ length: count }, () => random.integer(4)).sort(),
])

describe.each(samples.map((sorted) => [sorted.length, sorted] as const))('of %i ID scores', (_, sorted) => {
  test.each([0.5, 0.9, 0.95, 1])('the largest threshold that keeps %d of them', (share) => {
    const keeps = (threshold: number) => sorted.filter((score) => score >= threshold).length >= share * sorted.length
    const threshold = thresholdKeeping(sorted, share)
    expect(keeps(threshold)).toBe(true)
    expect([...sorted].filter((score) => score > threshold).some(keeps)).toBe(false)
  })

  test.each([0.01, 0.05, 0.2])(
    'below the conformal threshold are exactly those with a p-value of at most %d',
    (alpha) => {
      const threshold = conformalThreshold(sorted, alpha)
      const pValue = (score: number) => (1 + sorted.filter((other) => other <= score).length) / (sorted.length + 1)
      const fresh = [-9, ...sorted, ...sorted.map((score) => score + 1e-9), 9]
      for (const score of fresh) expect(score < threshold).toBe(pValue(score) <= alpha + 1e-12)
    },
  )
})
