import { expect, test } from 'vitest'
import { benjaminiHochberg } from './benjamini-hochberg.ts'

test('the example of the paper of 1995: of 15 hypotheses the first four at 5 %', () => {
  const pValues = Float64Array.of(
    ...[
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ],
  )
  expect(benjaminiHochberg(pValues, 0.05).filter(Boolean).length).toBe(4)
  expect(benjaminiHochberg(pValues.toReversed(), 0.05).slice(0, 11)).not.toContain(true)
})

test('a p-value above its own limit is carried by a later one below its', () => {
  expect(benjaminiHochberg(Float64Array.of(0.06, 0.07, 0.9), 0.15)).toEqual([true, true, false])
  expect(benjaminiHochberg(Float64Array.of(0.06, 0.9, 0.9), 0.15)).toEqual([false, false, false])
})

test('a p-value equal to its limit counts, though the product is rounded to just below it', () => {
  // 1 · 0.15 / 3 is 0.049999999999999996 in float64.
  expect(benjaminiHochberg(Float64Array.of(0.05, 0.9, 0.9), 0.15)).toEqual([true, false, false])
})

test('equal p-values are judged alike; none gives none', () => {
  expect(benjaminiHochberg(Float64Array.of(0.01, 0.01, 0.01), 0.02)).toEqual([true, true, true])
  expect(benjaminiHochberg(new Float64Array(), 0.1)).toEqual([])
})

test('refuses what is no rate and no p-value', () => {
  expect(() => benjaminiHochberg(Float64Array.of(0.5), 1)).toThrow('falseDiscoveryRate is 1')
  expect(() => benjaminiHochberg(Float64Array.of(0.5, Number.NaN), 0.1)).toThrow('p-value 1 is NaN')
})
