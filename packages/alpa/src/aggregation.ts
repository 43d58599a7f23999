import * as tf from '@tensorflow/tfjs-core'

/** How the cosines of an image's positions become one number. */
export type Aggregation = 'mean' | 'sum' | 'max' | 'logsum'

/** Multiplies the cosines inside the logarithm of the sum of exponentials, and divides it. */
const sharpness = 6

/** Aggregates [N, R, N] over its positions (axis 1) to [N, N]. */
export function aggregate(cosines: tf.Tensor3D, aggregation: Aggregation): tf.Tensor2D {
  const aggregated: Record<Aggregation, () => tf.Tensor> = {
    mean: () => tf.mean(cosines, 1),
    sum: () => tf.sum(cosines, 1),
    max: () => tf.max(cosines, 1),
    logsum: () => tf.div(tf.logSumExp(tf.mul(cosines, sharpness), 1), sharpness),
  }
  return aggregated[aggregation]() as tf.Tensor2D
}

/** The derivative of `aggregate` by every cosine, [N, R, N]; the largest of a maximum share it where they are equal. */
export function aggregateSlope(cosines: tf.Tensor3D, aggregation: Aggregation): tf.Tensor3D {
  const slopes: Record<Aggregation, () => tf.Tensor> = {
    mean: () => tf.fill(cosines.shape, 1 / cosines.shape[1]),
    sum: () => tf.onesLike(cosines),
    max: () => {
      const isLargest = tf.cast(tf.equal(cosines, tf.max(cosines, 1, true)), 'float32')
      return tf.div(isLargest, tf.sum(isLargest, 1, true))
    },
    logsum: () => {
      const scaled = tf.mul(cosines, sharpness)
      const exponentials = tf.exp(tf.sub(scaled, tf.max(scaled, 1, true)))
      return tf.div(exponentials, tf.sum(exponentials, 1, true))
    },
  }
  return slopes[aggregation]() as tf.Tensor3D
}
