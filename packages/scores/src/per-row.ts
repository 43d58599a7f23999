import { matrixRow, type Matrix, type Scores } from '@mode-ood/core'

/** Applies a formula to every row of a matrix. */
export function perRow(matrix: Matrix, formula: (row: Float32Array) => number): Scores {
  return Float64Array.from({ length: matrix.rows }, (_, i) => formula(matrixRow(matrix, i)))
}
