import { createRandom, InvalidInputError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { holmAdjusted } from './holm-adjusted.ts'

/** By Holm's own words: hypotheses are rejected from the smallest p on, as long as p ≤ level / those that are left. */
function rejectedAt(level: number, pValues: readonly number[]): boolean[] {
  const left = new Set(pValues.keys())
  while (left.size > 0) {
    const smallest = [...left].reduce((a, b) => (pValues[b]! < pValues[a]! ? b : a))
    if (pValues[smallest]! > level / left.size) break
    left.delete(smallest)
  }
  return pValues.map((_, i) => !left.has(i))
}

describe('holmAdjusted', () => {
  test('by hand: times 3, 2, 1, never below a smaller one, at most 1', () => {
    expect(holmAdjusted([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06])
    expect(holmAdjusted([0.5, 0.6])).toEqual([1, 1])
    expect(holmAdjusted([0.02])).toEqual([0.02])
    expect(holmAdjusted([])).toEqual([])
  })

  test('is at most a level where the step-down procedure rejects at that level', () => {
    const random = createRandom('holm')
    for (let trial = 0; trial < 200; trial++) {
      const pValues = Array.from({ length: 1 + random.integer(8) }, () => random.uniform() ** 3)
      const adjusted = holmAdjusted(pValues)
      for (const level of [0.01, 0.05, 0.2]) {
        expect(adjusted.map((value) => value <= level)).toEqual(rejectedAt(level, pValues))
      }
    }
  })

  test.each([[-0.1], [1.1], [Number.NaN]])('%j is no p-value', (value) => {
    expect(() => holmAdjusted([0.5, value])).toThrow(InvalidInputError)
  })
})
