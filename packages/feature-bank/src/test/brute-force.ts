import type { Matrix, Neighbors } from '@mode-ood/core'

/** The definition of a search: all distances in float64, sorted by (distance, index). */
export function bruteForce(bank: Matrix, queries: Matrix, k: number): Neighbors {
  const distances = new Float64Array(queries.rows * k)
  const indices = new Int32Array(queries.rows * k)
  for (let row = 0; row < queries.rows; row++) {
    const all = Float64Array.from({ length: bank.rows }, (_, i) => distanceBetween(queries, row, bank, i))
    const nearest = Array.from(all.keys()).sort((a, b) => all[a]! - all[b]! || a - b)
    for (let j = 0; j < k; j++) {
      distances[row * k + j] = all[nearest[j]!]!
      indices[row * k + j] = nearest[j]!
    }
  }
  return { distances, indices }
}

/** Squared L2 distance of two rows, in float64. */
export function distanceBetween(a: Matrix, aRow: number, b: Matrix, bRow: number): number {
  let sum = 0
  for (let i = 0; i < a.columns; i++) {
    const difference = a.data[aRow * a.columns + i]! - b.data[bRow * b.columns + i]!
    sum += difference * difference
  }
  return sum
}
