import * as tf from '@tensorflow/tfjs-core'
import type { AlpaProjection } from './alpa-projections.ts'
import { splitRows } from './split-rows.ts'

/** Rows that fit into a processor's cache with their products: over thousands at once, WASM takes half as long again. */
const rowsAtOnce = 512

/** A projection of rows, in parts of some rows each. */
export interface Projection extends AlpaProjection {
  /** relu(x · w1), [rows of the part, E] */
  readonly hidden: readonly tf.Tensor2D[]
  /** Of all rows, [rows, dimension]. */
  readonly output: tf.Tensor2D
}

/** Cuts rows into parts for `project`. */
export function partsOfRows(x: tf.Tensor2D): tf.Tensor2D[] {
  return splitRows(x, extentsOf(x.shape[0]))
}

/** relu(x · w1) · w2 for every row of x [rows, E]. */
export function project(x: readonly tf.Tensor2D[], { w1, w2 }: AlpaProjection): Projection {
  const hidden = x.map((part) => tf.relu<tf.Tensor2D>(tf.matMul(part, w1)))
  return { w1, w2, hidden, output: tf.concat(hidden.map((part) => tf.matMul(part, w2))) }
}

/** The gradients of x, which all projections read, and of their matrices, from those of their outputs. */
export function projectGradients(
  x: readonly tf.Tensor2D[],
  projections: readonly Projection[],
  outputGradients: readonly tf.Tensor2D[],
): { x: tf.Tensor2D; matrices: AlpaProjection[] } {
  const transposed = projections.map(({ w1, w2 }) => ({ w1: tf.transpose(w1), w2: tf.transpose(w2) }))
  const parts = outputGradients.map((gradient) =>
    splitRows(
      gradient,
      x.map(({ shape }) => shape[0]),
    ),
  )
  const ofX: tf.Tensor2D[] = []
  let sums: tf.Tensor2D[] | undefined
  for (const [i, rows] of x.entries()) {
    const before = sums
    const [ofRows, ...ofMatrices] = tf.tidy(() => {
      const columns = tf.transpose(rows)
      const through = projections.map(({ hidden }, p) =>
        partGradient(columns, hidden[i]!, parts[p]![i]!, transposed[p]!),
      )
      const matrices = through.flatMap(({ w1, w2 }) => [w1, w2])
      return [
        tf.addN(through.map((one) => one.x)),
        ...matrices.map((matrix, m) => (before ? tf.add(before[m]!, matrix) : matrix)),
      ]
    }) as [tf.Tensor2D, ...tf.Tensor2D[]]
    if (before) tf.dispose(before)
    ofX.push(ofRows)
    sums = ofMatrices
  }
  // w2 was summed up as its transpose: the narrower factor of a product is the cheaper one to transpose.
  const matrices = projections.map((_, p) => ({ w1: sums![2 * p]!, w2: tf.transpose(sums![2 * p + 1]!) }))
  return { x: tf.concat(ofX), matrices }
}

/** `columns`: the rows of a part, transposed; so is the gradient of w2. */
function partGradient(
  columns: tf.Tensor2D,
  hidden: tf.Tensor2D,
  gradient: tf.Tensor2D,
  transposed: AlpaProjection,
): AlpaProjection & { readonly x: tf.Tensor2D } {
  const passed = tf.mul<tf.Tensor2D>(tf.matMul(gradient, transposed.w2), tf.step(hidden))
  return {
    x: tf.matMul(passed, transposed.w1),
    w1: tf.matMul(columns, passed),
    w2: tf.matMul(tf.transpose(gradient), hidden),
  }
}

function extentsOf(rows: number): number[] {
  return Array.from({ length: Math.ceil(rows / rowsAtOnce) }, (_, i) => Math.min(rowsAtOnce, rows - i * rowsAtOnce))
}
