import { expect, test } from 'vitest'
import { auroc } from './auroc.ts'

test('the example of the documentation', () => {
  expect(auroc([0.9, 0.8, 0.4], [0.5, 0.1])).toBe(5 / 6)
})

test('perfect, reversed and constant scores give exactly 1, 0 and 0.5', () => {
  expect(auroc([2, 3], [0, 1])).toBe(1)
  expect(auroc([0, 1], [2, 3])).toBe(0)
  expect(auroc([7, 7, 7], [7, 7])).toBe(0.5)
})

test('one image a side', () => {
  expect(auroc([1], [0])).toBe(1)
  expect(auroc([1], [1])).toBe(0.5)
})

test('neighbouring float64 values are not ties', () => {
  expect(auroc([1 + Number.EPSILON], [1])).toBe(1)
})

test('10¹² pairs are counted exactly', () => {
  const n = 1_000_000
  const even = Float64Array.from({ length: n }, (_, i) => 2 * i)
  const odd = Float64Array.from({ length: n }, (_, i) => 2 * i + 1)
  // odd i beats the even numbers 0..i: n (n + 1) / 2 pairs.
  expect(auroc(odd, even)).toBe((n * (n + 1)) / 2 / n ** 2)
})
