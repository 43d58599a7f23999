import type { Float64Rows } from './float64-rows.ts'

/** The squared L2 norm of every row. */
export function squaredNorms({ rows, columns, data }: Float64Rows): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let at = row * columns; at < (row + 1) * columns; at++) sum += data[at]! * data[at]!
    return sum
  })
}
