/** Householder vectors: vector i is row i of `matrix` before its diagonal, and reflects by I - u uᵀ / halfNorms[i] (none at 0). */
export interface Reflectors {
  readonly matrix: Float64Array
  readonly size: number
  readonly halfNorms: Float64Array
}

/** A symmetric matrix as Q T Qᵀ with tridiagonal T; `offDiagonal[i]` stands between rows i and i + 1, its last element is 0. */
export interface Tridiagonal {
  readonly diagonal: Float64Array
  readonly offDiagonal: Float64Array
  /** Q is the product of the reflections, the last one first. */
  readonly reflectors: Reflectors
}

/** A rank-two change that is still to be subtracted: u qᵀ + q uᵀ. */
interface Change {
  u: Float64Array
  q: Float64Array
}

/**
 * Reduces a symmetric matrix, whose lower triangle is read and overwritten, to tridiagonal form by reflections from the last
 * row up. A reflection's change of the rest is made in the same sweep as the next reflection's product, which halves the
 * traffic to memory.
 */
export function tridiagonalize(matrix: Float64Array, size: number): Tridiagonal {
  const diagonal = new Float64Array(size)
  const offDiagonal = new Float64Array(size)
  const halfNorms = new Float64Array(size)
  let change: Change = { u: new Float64Array(size), q: new Float64Array(size) }
  let spare: Change = { u: new Float64Array(size), q: new Float64Array(size) }
  for (let i = size - 1; i >= 0; i--) {
    subtractFromRow(matrix, i * size, i + 1, change, i)
    diagonal[i] = matrix[i * size + i]!
    if (i === 0) break
    const u = matrix.subarray(i * size, i * size + i)
    const { norm, halfNorm } = toReflector(u)
    offDiagonal[i - 1] = norm
    halfNorms[i] = halfNorm
    spare.u.fill(0).set(u)
    spare.q.fill(0)
    multiplyChanged(matrix, size, i, change, spare)
    if (halfNorm > 0) finishChange(spare, i, halfNorm)
    ;[change, spare] = [spare, change]
  }
  return { diagonal, offDiagonal, reflectors: { matrix, size, halfNorms } }
}

/** Turns the row x before the diagonal into u with (I - u uᵀ / halfNorm) x = (0, …, 0, norm). */
function toReflector(x: Float64Array): { norm: number; halfNorm: number } {
  let scale = 0
  for (const value of x) scale = Math.max(scale, Math.abs(value))
  if (scale === 0) return { norm: 0, halfNorm: 0 }
  let squares = 0
  for (let k = 0; k < x.length; k++) {
    x[k]! /= scale
    squares += x[k]! * x[k]!
  }
  const last = x.length - 1
  const root = x[last]! > 0 ? -Math.sqrt(squares) : Math.sqrt(squares)
  const halfNorm = squares - x[last]! * root
  x[last]! -= root
  return { norm: scale * root, halfNorm }
}

/** Row `k`, of `length` elements from `start` on, less its part of the change. */
function subtractFromRow(matrix: Float64Array, start: number, length: number, { u, q }: Change, k: number): void {
  const uk = u[k]!
  const qk = q[k]!
  for (let j = 0; j < length; j++) matrix[start + j]! -= uk * q[j]! + qk * u[j]!
}

/** Subtracts `change` from the leading `rows` rows and writes their product with `next.u` to `next.q`, in one sweep. */
function multiplyChanged(
  matrix: Float64Array,
  size: number,
  rows: number,
  { u, q }: Change,
  { u: v, q: product }: Change,
): void {
  for (let k = 0; k < rows; k++) {
    const start = k * size
    const uk = u[k]!
    const qk = q[k]!
    const vk = v[k]!
    let sum = 0
    for (let j = 0; j < k; j++) {
      const x = matrix[start + j]! - uk * q[j]! - qk * u[j]!
      matrix[start + j] = x
      sum += x * v[j]!
      product[j]! += x * vk
    }
    matrix[start + k]! -= 2 * uk * qk
    product[k]! += sum + matrix[start + k]! * vk
  }
}

/** From u and p = A u to the q with H A H = A - u qᵀ - q uᵀ. */
function finishChange({ u, q }: Change, length: number, halfNorm: number): void {
  let inner = 0
  for (let k = 0; k < length; k++) {
    q[k]! /= halfNorm
    inner += u[k]! * q[k]!
  }
  const half = inner / (2 * halfNorm)
  for (let k = 0; k < length; k++) q[k]! -= half * u[k]!
}
