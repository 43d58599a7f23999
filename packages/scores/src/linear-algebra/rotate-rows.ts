/**
 * Applies plane rotations to the rows of a matrix: for i from `to` - 1 down to `from`, rows i and i + 1 become c·row i - s·row
 * i+1 and s·row i + c·row i+1. Four rotations go through memory at once.
 */
export function rotateRows(
  rows: Float64Array,
  columns: number,
  from: number,
  to: number,
  cosines: Float64Array,
  sines: Float64Array,
): void {
  let i = to - 1
  for (; i - 3 >= from; i -= 4) rotateFive(rows, columns, i - 3, cosines, sines)
  for (; i >= from; i--) rotateTwo(rows, columns, i, cosines[i]!, sines[i]!)
}

/** Rotations first + 3, first + 2, first + 1 and first, in that order. */
function rotateFive(
  rows: Float64Array,
  columns: number,
  first: number,
  cosines: Float64Array,
  sines: Float64Array,
): void {
  const [c0, s0] = [cosines[first]!, sines[first]!]
  const [c1, s1] = [cosines[first + 1]!, sines[first + 1]!]
  const [c2, s2] = [cosines[first + 2]!, sines[first + 2]!]
  const [c3, s3] = [cosines[first + 3]!, sines[first + 3]!]
  const row0 = first * columns
  const row1 = row0 + columns
  const row2 = row1 + columns
  const row3 = row2 + columns
  const row4 = row3 + columns
  for (let k = 0; k < columns; k++) {
    const x3 = rows[row3 + k]!
    const x4 = rows[row4 + k]!
    rows[row4 + k] = s3 * x3 + c3 * x4
    const y3 = c3 * x3 - s3 * x4
    const x2 = rows[row2 + k]!
    rows[row3 + k] = s2 * x2 + c2 * y3
    const y2 = c2 * x2 - s2 * y3
    const x1 = rows[row1 + k]!
    rows[row2 + k] = s1 * x1 + c1 * y2
    const y1 = c1 * x1 - s1 * y2
    const x0 = rows[row0 + k]!
    rows[row1 + k] = s0 * x0 + c0 * y1
    rows[row0 + k] = c0 * x0 - s0 * y1
  }
}

function rotateTwo(rows: Float64Array, columns: number, upper: number, c: number, s: number): void {
  const row0 = upper * columns
  const row1 = row0 + columns
  for (let k = 0; k < columns; k++) {
    const x0 = rows[row0 + k]!
    const x1 = rows[row1 + k]!
    rows[row1 + k] = s * x0 + c * x1
    rows[row0 + k] = c * x0 - s * x1
  }
}
