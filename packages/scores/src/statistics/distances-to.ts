import { InvalidInputError, matrixRow, type Matrix } from '@mode-ood/core'

/**
 * L2 distance of every row to a point that the score called `name` has fitted, at least 1e-10, so that one can divide by it.
 *
 * @throws InvalidInputError when the rows are not as long as the point.
 */
export function distancesTo(name: string, point: Float64Array, embedding: Matrix): Float64Array {
  if (embedding.columns !== point.length) {
    throw new InvalidInputError(
      `score "${name}" was fitted on embeddings of ${point.length} numbers, but got ${embedding.columns}`,
    )
  }
  return Float64Array.from({ length: embedding.rows }, (_, row) => {
    const squares = matrixRow(embedding, row).reduce((sum, value, i) => sum + (value - point[i]!) ** 2, 0)
    return Math.max(Math.sqrt(squares), 1e-10)
  })
}
