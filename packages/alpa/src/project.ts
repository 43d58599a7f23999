import * as tf from '@tensorflow/tfjs-core'
import type { AlpaProjection } from './alpa-projections.ts'

/** What a projection gave, kept for its gradient. */
export interface Projected {
  /** relu(x · w1), [rows, E] */
  readonly hidden: tf.Tensor2D
  /** [rows, dimension] */
  readonly output: tf.Tensor2D
}

/** relu(x · w1) · w2 for every row of x [rows, E]. */
export function project(x: tf.Tensor2D, { w1, w2 }: AlpaProjection): Projected {
  const hidden = tf.relu<tf.Tensor2D>(tf.matMul(x, w1))
  return { hidden, output: tf.matMul(hidden, w2) }
}

/** The gradients of x and of both matrices from that of the output. */
export function projectGradient(
  x: tf.Tensor2D,
  { w1, w2 }: AlpaProjection,
  hidden: tf.Tensor2D,
  outputGradient: tf.Tensor2D,
): { x: tf.Tensor2D; w1: tf.Tensor2D; w2: tf.Tensor2D } {
  const passed = tf.mul<tf.Tensor2D>(tf.matMul(outputGradient, tf.transpose(w2)), tf.step(hidden))
  return {
    x: tf.matMul(passed, tf.transpose(w1)),
    w1: tf.matMul(tf.transpose(x), passed),
    w2: tf.matMul(tf.transpose(hidden), outputGradient),
  }
}
