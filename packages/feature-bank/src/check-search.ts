import { InvalidInputError, type Matrix } from '@mode-ood/core'
import { checkMatrix } from './check-matrix.ts'

/**
 * Refuses a search that a bank of `size` vectors cannot answer.
 *
 * @throws InvalidInputError for an empty bank, queries of another dimension or with NaN, and k outside 1..size.
 */
export function checkSearch(bank: { size: number; dimension: number }, queries: Matrix, k: number): void {
  if (bank.size === 0) throw new InvalidInputError('the feature bank is empty: add vectors before searching it')
  checkMatrix('queries', queries, bank.dimension)
  if (!Number.isInteger(k) || k < 1)
    throw new InvalidInputError(`k must be a whole number of at least 1, but it is ${k}`)
  if (k > bank.size) throw new InvalidInputError(`k is ${k} but the bank holds ${bank.size} vectors`)
}
