import type { Head } from '@mode-ood/core'
import { createScatter } from '../statistics/scatter.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

/**
 * The shortest u among those that bring W u nearest to b: pinv(W) b for a head's weight W [classes, dimension] and bias b.
 *
 * Through the eigenvectors of W Wᵀ (of Wᵀ W where there are more classes than dimensions), followed by one step of
 * refinement. Directions whose singular value is below max(classes, dimension) · 2⁻²⁴ of the largest are below the precision of
 * float32 weights and count as null.
 */
export function minimumNormSolution({ weight, bias }: Head): Float64Array {
  const { rows: classes, columns: dimension } = weight
  const w = Float64Array.from(weight.data)
  const wide = classes <= dimension
  const invert = wide ? inverter(w, classes, dimension) : inverter(transpose(w, classes, dimension), dimension, classes)
  const step = (b: Float64Array): Float64Array =>
    wide ? timesTransposed(w, classes, dimension, invert(b)) : invert(timesTransposed(w, classes, dimension, b))
  const first = step(Float64Array.from(bias))
  const rest = Float64Array.from(bias, (value, c) => value - inner(w, c * dimension, first))
  const correction = step(rest)
  return first.map((value, i) => value + correction[i]!)
}

/** Applies the pseudo-inverse of A Aᵀ, A [rows, columns]. */
function inverter(a: Float64Array, rows: number, columns: number): (b: Float64Array) => Float64Array {
  const gram = createScatter(rows)
  const column = new Float64Array(rows)
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) column[i] = a[i * columns + j]!
    gram.add(column)
  }
  const { values, vectors } = symmetricEigen(gram.sum(), rows)
  const smallest = values.at(-1)! * (Math.max(rows, columns) * 2 ** -24) ** 2
  return (b) => {
    const solution = new Float64Array(rows)
    for (const [i, value] of values.entries()) {
      if (value <= smallest) continue
      const along = inner(vectors, i * rows, b) / value
      for (let k = 0; k < rows; k++) solution[k]! += along * vectors[i * rows + k]!
    }
    return solution
  }
}

function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(a, (_, at) => a[(at % rows) * columns + Math.floor(at / rows)]!)
}

/** Wᵀ y. */
function timesTransposed(w: Float64Array, classes: number, dimension: number, y: Float64Array): Float64Array {
  const product = new Float64Array(dimension)
  for (let c = 0; c < classes; c++) for (let i = 0; i < dimension; i++) product[i]! += w[c * dimension + i]! * y[c]!
  return product
}

/** Inner product of `b` with as many elements of `a` from `start` on. */
function inner(a: Float64Array, start: number, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < b.length; i++) sum += a[start + i]! * b[i]!
  return sum
}
