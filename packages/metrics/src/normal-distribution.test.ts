import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { normalCriticalValue, normalUpperTail } from './normal-distribution.ts'

const { upperTail, criticalValue } = JSON.parse(
  readFileSync(new URL('../fixtures/delong.json', import.meta.url), 'utf8'),
) as { upperTail: [number, number][]; criticalValue: [number, number][] }

test.each(upperTail)('P(Z > %d) is %d', (z, expected) => {
  expect(Math.abs(normalUpperTail(z) / expected - 1)).toBeLessThan(1e-12)
})

test('the two formulas meet', () => {
  expect(Math.abs(normalUpperTail(3) / normalUpperTail(3 + 1e-14) - 1)).toBeLessThan(2e-13)
})

test.each(criticalValue)('P(|Z| ≤ z) = %d at z = %d', (level, expected) => {
  // At a level of 1e-6 the tail ½(1 - level) keeps ten digits of it.
  expect(Math.abs(normalCriticalValue(level) / expected - 1)).toBeLessThan(1e-9)
})
