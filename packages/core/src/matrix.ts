import { InvalidInputError } from './errors.ts'

/** A dense float32 matrix, row-major: element (r, c) is `data[r * columns + c]`. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array
}

/**
 * Makes a matrix over `data` (not copied), or a matrix of zeros.
 *
 * @throws InvalidInputError when the data do not have rows · columns elements.
 */
export function createMatrix(
  rows: number,
  columns: number,
  data: Float32Array = new Float32Array(rows * columns),
): Matrix {
  if (data.length !== rows * columns) {
    throw new InvalidInputError(
      `a ${rows} x ${columns} matrix needs ${rows * columns} values, but ${data.length} were given`,
    )
  }
  return { rows, columns, data }
}

/** Row `index` as a view on the matrix: writing to it writes to the matrix. */
export function matrixRow(matrix: Matrix, index: number): Float32Array {
  return matrix.data.subarray(index * matrix.columns, (index + 1) * matrix.columns)
}
