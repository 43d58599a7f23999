import { InvalidInputError } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { auroc } from './auroc.ts'
import { oscr } from './oscr.ts'

test('the example of the documentation', () => {
  expect(oscr([3, 2, 1], [true, false, true], [0])).toBe(2 / 3)
})

test('is the AUROC when every class is right, and 0 when none is', () => {
  const id = [3, 2, 1, 1]
  const ood = [2, 1, 0]
  expect(oscr(id, [1, 1, 1, 1], ood)).toBe(auroc(id, ood))
  expect(oscr(id, new Uint8Array(4), ood)).toBe(0)
})

test('is the accuracy under perfect separation', () => {
  expect(oscr([3, 4, 5, 6], [true, true, false, true], [1, 2])).toBe(0.75)
})

test('refuses idCorrect of another length or with other values', () => {
  expect(() => oscr([1, 2], [true], [0])).toThrow(InvalidInputError)
  expect(() => oscr([1, 2], [0, 7], [0])).toThrow('idCorrect 1 is 7')
  expect(() => oscr([1, 2], [Number.NaN, 1], [0])).toThrow('idCorrect 0 is NaN')
})
