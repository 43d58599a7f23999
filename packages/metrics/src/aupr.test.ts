import { InvalidOptionError } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { aupr } from './aupr.ts'

test('the example of the documentation', () => {
  expect(aupr([0.9, 0.8, 0.4], [0.5, 0.1], { positive: 'id', interpolation: 'step' })).toBeCloseTo(11 / 12, 14)
})

test('perfect separation gives 1 whichever side is positive', () => {
  expect(aupr([2, 3], [0, 1], { positive: 'id' })).toBe(1)
  expect(aupr([2, 3], [0, 1], { positive: 'ood' })).toBe(1)
})

test('constant scores: the step is the share of positives, the trapezoid is pulled up by precision 1 at recall 0', () => {
  expect(aupr([1, 1, 1], [1], { positive: 'id', interpolation: 'step' })).toBe(0.75)
  expect(aupr([1, 1, 1], [1], { positive: 'id' })).toBe(0.875)
  expect(aupr([1, 1, 1], [1], { positive: 'ood' })).toBe(0.625)
})

test('the sides are not swapped: a rare OOD side at chance has a low AUPR-OOD', () => {
  const id = Array.from({ length: 99 }, (_, i) => i)
  expect(aupr(id, [49], { positive: 'ood', interpolation: 'step' })).toBeLessThan(0.05)
  expect(aupr(id, [49], { positive: 'id', interpolation: 'step' })).toBeGreaterThan(0.95)
})

test('refuses unknown options in one sentence', () => {
  // @ts-expect-error -- a wrong side
  expect(() => aupr([1], [0], { positive: 'in' })).toThrow(
    new InvalidOptionError('option "positive" is in, expected one of: id, ood'),
  )
  // @ts-expect-error -- the side is missing
  expect(() => aupr([1], [0], {})).toThrow('option "positive" is undefined')
  // @ts-expect-error -- a wrong interpolation
  expect(() => aupr([1], [0], { positive: 'id', interpolation: 'linear' })).toThrow(InvalidOptionError)
})
