import * as tf from '@tensorflow/tfjs-core'

/** Norms below it count as this: a zero vector stays one. */
const smallestNorm = 1e-12

/** Rows divided by their L2 norms, and the norms [N, 1]. */
export function unitRows(rows: tf.Tensor2D): { unit: tf.Tensor2D; norms: tf.Tensor2D } {
  const norms = tf.maximum<tf.Tensor2D>(tf.sqrt(tf.sum(tf.square(rows), 1, true)), smallestNorm)
  return { unit: tf.div(rows, norms), norms }
}

/** The gradient of the rows from that of their unit vectors: what lies across the direction, divided by the norm. */
export function unitRowsGradient(gradient: tf.Tensor, unit: tf.Tensor, norms: tf.Tensor): tf.Tensor2D {
  const along = tf.sum(tf.mul(gradient, unit), 1, true)
  return tf.div(tf.sub(gradient, tf.mul(unit, along)), norms)
}
