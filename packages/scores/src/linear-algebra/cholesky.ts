import { InvalidInputError } from '@mode-ood/core'

/** A covariance as L Lᵀ. */
export interface CholeskyFactor {
  /** L, [dimension, dimension], lower triangular, row-major. */
  readonly factor: Float64Array
  /** The share of the mean variance that had to be mixed in; 0 where the covariance was regular. */
  readonly shrinkage: number
}

/** What is mixed into a singular covariance. */
const ridge = 1e-3

/** A variance given all earlier coordinates below this share of the variance itself is rounding, not spread. */
const smallestPivot = 1e-12

/**
 * The Cholesky factor of a covariance. A singular one (a unit that is always 0, fewer images than dimensions) is first
 * shrunk to (1 - λ) Σ + λ · (tr Σ / d) · I with λ = 0.001; a regular one is taken as it is.
 *
 * The factorisation is ml-matrix's, which is loaded when it is first needed. Cost: dimension³ / 6 multiplications.
 *
 * @throws InvalidInputError when there is no variance at all.
 */
export async function choleskyOfCovariance(
  name: string,
  covariance: Float64Array,
  dimension: number,
): Promise<CholeskyFactor> {
  const plain = await factorize(covariance, dimension)
  if (plain) return { factor: plain, shrinkage: 0 }
  let trace = 0
  for (let i = 0; i < dimension; i++) trace += covariance[i * dimension + i]!
  const shrunk = covariance.map((value) => (1 - ridge) * value)
  for (let i = 0; i < dimension; i++) shrunk[i * dimension + i]! += (ridge * trace) / dimension
  const factor = await factorize(shrunk, dimension)
  if (factor) return { factor, shrinkage: ridge }
  throw new InvalidInputError(
    `score "${name}": the training embeddings do not vary (within a class), so distances have no scale`,
  )
}

/** L, or null when a pivot is not clearly positive. */
async function factorize(covariance: Float64Array, dimension: number): Promise<Float64Array | null> {
  const { CholeskyDecomposition, Matrix } = await import('ml-matrix')
  const cholesky = new CholeskyDecomposition(Matrix.from1DArray(dimension, dimension, covariance))
  if (!cholesky.isPositiveDefinite()) return null
  const factor = Float64Array.from(cholesky.lowerTriangularMatrix.to1DArray())
  for (let i = 0; i < dimension; i++) {
    const at = i * dimension + i
    if (!(factor[at]! ** 2 > smallestPivot * covariance[at]!)) return null
  }
  return factor
}
