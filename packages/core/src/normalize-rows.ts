import type { Matrix } from './matrix.ts'

const floor = 1e-10

/**
 * Every row divided by its L2 norm + 1e-10, as a new matrix. The sum of squares is taken in float64; a zero row stays
 * zero. The small number is added to the norm, not to the values.
 */
export function normalizeRows(matrix: Matrix): Matrix {
  const { rows, columns, data } = matrix
  const normalized = new Float32Array(data.length)
  for (let row = 0; row < rows; row++) {
    const start = row * columns
    let squares = 0
    for (let i = start; i < start + columns; i++) squares += data[i]! * data[i]!
    const scale = 1 / (Math.sqrt(squares) + floor)
    for (let i = start; i < start + columns; i++) normalized[i] = data[i]! * scale
  }
  return { rows, columns, data: normalized }
}
