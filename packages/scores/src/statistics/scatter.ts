/** A running sum of x xᵀ over rows x. */
export interface Scatter {
  /** Adds weight · x xᵀ; the weight must not be negative. */
  add(row: Float64Array, weight?: number): void
  /** The sum, [dimension, dimension], symmetric. */
  sum(): Float64Array
}

const blockRows = 64

/**
 * Sums outer products in float64. Rows are gathered in blocks, so that the sum, 32 MB at 2048 dimensions, goes through memory
 * once a block instead of once a row. The result does not depend on how rows come in batches.
 *
 * Cost: dimension² / 2 multiplications a row.
 */
export function createScatter(dimension: number): Scatter {
  const padded = dimension + (dimension % 2)
  const block = new Float64Array(padded * blockRows)
  const sums = new Float64Array(padded * padded)
  let pending = 0
  const flush = () => {
    addProducts(sums, block, padded)
    block.fill(0)
    pending = 0
  }
  return {
    add(row, weight = 1) {
      const scale = Math.sqrt(weight)
      for (let i = 0; i < dimension; i++) block[i * blockRows + pending] = scale * row[i]!
      if (++pending === blockRows) flush()
    },
    sum() {
      if (pending > 0) flush()
      const full = new Float64Array(dimension * dimension)
      for (let i = 0; i < dimension; i++) {
        for (let j = 0; j <= i; j++) full[i * dimension + j] = full[j * dimension + i] = sums[i * padded + j]!
      }
      return full
    },
  }
}

/** Adds the inner products of all columns of a block, which lie one after the other, to the lower triangle; 2 x 2 at once. */
function addProducts(sums: Float64Array, block: Float64Array, dimension: number): void {
  for (let i = 0; i < dimension; i += 2) {
    const a = i * blockRows
    for (let j = 0; j <= i; j += 2) {
      const b = j * blockRows
      let s00 = 0
      let s01 = 0
      let s10 = 0
      let s11 = 0
      for (let k = 0; k < blockRows; k++) {
        const a0 = block[a + k]!
        const a1 = block[a + blockRows + k]!
        const b0 = block[b + k]!
        const b1 = block[b + blockRows + k]!
        s00 += a0 * b0
        s01 += a0 * b1
        s10 += a1 * b0
        s11 += a1 * b1
      }
      const at = i * dimension + j
      sums[at]! += s00
      sums[at + 1]! += s01
      sums[at + dimension]! += s10
      sums[at + dimension + 1]! += s11
    }
  }
}
