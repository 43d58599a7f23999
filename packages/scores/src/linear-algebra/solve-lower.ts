/**
 * Solves L y = x for every row x, in place: with L Lᵀ a covariance, |y|² is the squared Mahalanobis norm of x. Four rows go
 * through L at once.
 *
 * @param factor L, [dimension, dimension], lower triangular, row-major.
 * @param rows [count, dimension]
 */
export function solveLower(factor: Float64Array, dimension: number, rows: Float64Array): void {
  const count = rows.length / dimension
  const padded = new Float64Array(4 * dimension)
  for (let start = 0; start < count; start += 4) {
    const block = rows.subarray(start * dimension, Math.min(count, start + 4) * dimension)
    padded.fill(0).set(block)
    solveFour(factor, dimension, padded)
    block.set(padded.subarray(0, block.length))
  }
}

function solveFour(factor: Float64Array, dimension: number, rows: Float64Array): void {
  const [row1, row2, row3] = [dimension, 2 * dimension, 3 * dimension]
  for (let i = 0; i < dimension; i++) {
    const start = i * dimension
    let s0 = rows[i]!
    let s1 = rows[row1 + i]!
    let s2 = rows[row2 + i]!
    let s3 = rows[row3 + i]!
    for (let j = 0; j < i; j++) {
      const x = factor[start + j]!
      s0 -= x * rows[j]!
      s1 -= x * rows[row1 + j]!
      s2 -= x * rows[row2 + j]!
      s3 -= x * rows[row3 + j]!
    }
    const pivot = factor[start + i]!
    rows[i] = s0 / pivot
    rows[row1 + i] = s1 / pivot
    rows[row2 + i] = s2 / pivot
    rows[row3 + i] = s3 / pivot
  }
}
