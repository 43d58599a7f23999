import { InvalidOptionError } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { detectionError } from './detection-error.ts'

test('the example of the documentation', () => {
  expect(detectionError([3, 2, 1], [1.5, 0])).toBeCloseTo(0.2, 14)
})

test('perfect separation gives 0', () => {
  expect(detectionError([2, 3], [0, 1])).toBe(0)
})

test('useless scores: accept all or nothing, whichever is the smaller side', () => {
  expect(detectionError([1, 1, 1], [1])).toBe(0.25)
  expect(detectionError([0], [1, 2, 3])).toBe(0.25)
  expect(detectionError([1, 1, 1], [1], { prior: 'equal' })).toBe(0.5)
})

test('equal priors do not care how often a side is repeated', () => {
  const id = [3, 2, 1, 0.5]
  const ood = [1.5, 0, 0.7]
  const thrice = [...ood, ...ood, ...ood]
  expect(detectionError(id, thrice, { prior: 'equal' })).toBeCloseTo(detectionError(id, ood, { prior: 'equal' }), 14)
})

test('refuses an unknown prior', () => {
  // @ts-expect-error -- no such prior
  expect(() => detectionError([1], [0], { prior: 'even' })).toThrow(InvalidOptionError)
})
