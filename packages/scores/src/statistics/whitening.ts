import { InvalidInputError, type Matrix } from '@mode-ood/core'
import { choleskyOfCovariance } from '../linear-algebra/cholesky.ts'
import { solveLower } from '../linear-algebra/solve-lower.ts'
import { toFloat64Rows, type Float64Rows } from './float64-rows.ts'

/** A Gaussian as an affine map to the standard one: x becomes the y with L y = x - mean, L Lᵀ the covariance. */
export interface Whitening {
  readonly mean: Float64Array
  /** L, [dimension, dimension], row-major. */
  readonly factor: Float64Array
  /** What had to be mixed in because the covariance was singular, else 0; see `choleskyOfCovariance`. */
  readonly shrinkage: number
}

/** The whitening of a Gaussian, for the score called `name`. */
export async function createWhitening(name: string, mean: Float64Array, covariance: Float64Array): Promise<Whitening> {
  return { mean, ...(await choleskyOfCovariance(name, covariance, mean.length)) }
}

/** The rows of an embedding, whitened. @throws InvalidInputError when they are not of the length that was fitted. */
export function whiten(name: string, whitening: Whitening, embedding: Matrix, form: 'raw' | 'unit'): Float64Rows {
  const dimension = whitening.mean.length
  if (embedding.columns !== dimension) {
    throw new InvalidInputError(
      `score "${name}" was fitted on embeddings of ${dimension} numbers, but got ${embedding.columns}`,
    )
  }
  const rows = toFloat64Rows(embedding, form)
  whitenRows(whitening, rows.data)
  return rows
}

/** Rows of float64, whitened in place. */
export function whitenRows({ mean, factor }: Whitening, rows: Float64Array): void {
  const dimension = mean.length
  for (let at = 0; at < rows.length; at++) rows[at]! -= mean[at % dimension]!
  solveLower(factor, dimension, rows)
}
