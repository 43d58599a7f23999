import { rotateRows } from './rotate-rows.ts'
import { tridiagonalize, type Reflectors } from './tridiagonalize.ts'

/** Eigenvalues in ascending order, and as many eigenvectors of length 1, one a row. */
export interface EigenDecomposition {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

/**
 * The `count` smallest eigenvalues of a symmetric matrix with their eigenvectors [count, size]; all of them by default.
 *
 * Householder reflections to a tridiagonal matrix, then implicit QL steps, as EISPACK's tred2 and tql2 do, laid out so that
 * every inner loop runs along rows, and with a reflection's update and the next one's product in one sweep. Error of the order
 * of 1e-15 times the largest eigenvalue. Cost: some 5 · size³ multiplications and two matrices of float64.
 *
 * @param matrix [size, size], row-major; only the lower triangle is read.
 */
export function symmetricEigen(matrix: Float64Array, size: number, count: number = size): EigenDecomposition {
  // Squares of very small or large elements would leave the range of numbers.
  const scale = matrix.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1
  const scaled = matrix.map((value) => value / scale)
  const { diagonal, offDiagonal, reflectors } = tridiagonalize(scaled, size)
  const tridiagonalVectors = identity(size)
  diagonalize(diagonal, offDiagonal, tridiagonalVectors)
  const order = Array.from(diagonal.keys()).sort((a, b) => diagonal[a]! - diagonal[b]!)
  const chosen = order.slice(0, count)
  const vectors = new Float64Array(count * size)
  for (const [row, from] of chosen.entries()) {
    vectors.set(tridiagonalVectors.subarray(from * size, (from + 1) * size), row * size)
  }
  reflectRows(vectors, count, reflectors)
  return { values: Float64Array.from(chosen, (from) => diagonal[from]! * scale), vectors }
}

function identity(size: number): Float64Array {
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1
  return matrix
}

/** Turns the diagonal into eigenvalues and the rows of `vectors` into eigenvectors of the tridiagonal matrix. */
function diagonalize(diagonal: Float64Array, offDiagonal: Float64Array, vectors: Float64Array): void {
  const size = diagonal.length
  const cosines = new Float64Array(size)
  const sines = new Float64Array(size)
  let largest = 0
  for (let i = 0; i < size; i++) largest = Math.max(largest, Math.abs(diagonal[i]!) + Math.abs(offDiagonal[i]!))
  const negligible = 2 ** -52 * largest
  for (let first = 0; first < size; first++) {
    for (;;) {
      let last = first
      while (last < size - 1 && Math.abs(offDiagonal[last]!) > negligible) last++
      if (last === first) break
      const stop = implicitStep(diagonal, offDiagonal, first, last, cosines, sines)
      rotateRows(vectors, size, stop, last, cosines, sines)
    }
  }
}

/**
 * One implicit QL step on rows first..last, shifted by the eigenvalue of the leading 2 x 2 block nearer to its first
 * element. Rotation i, of rows i and i + 1, has `cosines[i]` and `sines[i]`, for i from last - 1 down to what is returned.
 */
function implicitStep(
  d: Float64Array,
  e: Float64Array,
  first: number,
  last: number,
  cosines: Float64Array,
  sines: Float64Array,
): number {
  const slope = (d[first + 1]! - d[first]!) / (2 * e[first]!)
  const root = Math.sqrt(slope * slope + 1)
  let g = d[last]! - d[first]! + e[first]! / (slope + (slope < 0 ? -root : root))
  let sine = 1
  let cosine = 1
  let shift = 0
  for (let i = last - 1; i >= first; i--) {
    const f = sine * e[i]!
    const b = cosine * e[i]!
    const length = Math.sqrt(f * f + g * g)
    e[i + 1] = length
    if (length === 0) {
      // The matrix falls apart here: what is above is done in the next step.
      d[i + 1]! -= shift
      e[last] = 0
      return i + 1
    }
    sine = f / length
    cosine = g / length
    g = d[i + 1]! - shift
    const r = (d[i]! - g) * sine + 2 * cosine * b
    shift = sine * r
    d[i + 1] = g + shift
    g = cosine * r - b
    cosines[i] = cosine
    sines[i] = sine
  }
  d[first]! -= shift
  e[first] = g
  e[last] = 0
  return first
}

/** Applies the reflections to every row, four rows at a time: eigenvectors of the tridiagonal matrix to those of the matrix. */
function reflectRows(rows: Float64Array, count: number, { matrix, size, halfNorms }: Reflectors): void {
  const padded = new Float64Array(4 * size)
  for (let start = 0; start < count; start += 4) {
    const block = rows.subarray(start * size, Math.min(count, start + 4) * size)
    padded.fill(0).set(block)
    for (let i = 1; i < size; i++) if (halfNorms[i]! > 0) reflect(padded, size, matrix, i, 1 / halfNorms[i]!)
    block.set(padded.subarray(0, block.length))
  }
}

/** Four vectors less their parts along reflector `i`, which lies in row i of `matrix` before the diagonal. */
function reflect(rows: Float64Array, size: number, matrix: Float64Array, i: number, scale: number): void {
  const start = i * size
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  for (let k = 0; k < i; k++) {
    const x = matrix[start + k]!
    s0 += x * rows[k]!
    s1 += x * rows[size + k]!
    s2 += x * rows[2 * size + k]!
    s3 += x * rows[3 * size + k]!
  }
  s0 *= scale
  s1 *= scale
  s2 *= scale
  s3 *= scale
  for (let k = 0; k < i; k++) {
    const x = matrix[start + k]!
    rows[k]! -= x * s0
    rows[size + k]! -= x * s1
    rows[2 * size + k]! -= x * s2
    rows[3 * size + k]! -= x * s3
  }
}
