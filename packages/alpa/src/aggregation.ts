import * as tf from '@tensorflow/tfjs-core'

/** How the cosines of an image's positions become one number. */
export type Aggregation = 'mean' | 'sum' | 'max' | 'logsum'

/** Multiplies the cosines inside the logarithm of the sum of exponentials, and divides it. */
const sharpness = 6

/** Aggregates [N, N, R] over its positions to [N, N]. */
export function aggregate(cosines: tf.Tensor3D, aggregation: Aggregation): tf.Tensor2D {
  const aggregated: Record<Aggregation, () => tf.Tensor> = {
    mean: () => tf.mean(cosines, 2),
    sum: () => tf.sum(cosines, 2),
    max: () => tf.max(cosines, 2),
    logsum: () => tf.div(tf.logSumExp(tf.mul(cosines, sharpness), 2), sharpness),
  }
  return aggregated[aggregation]() as tf.Tensor2D
}

/** The derivative of `aggregate` by every cosine, [N, N, R]; the largest of a maximum share it where they are equal. */
export function aggregateSlope(cosines: tf.Tensor3D, aggregation: Aggregation): tf.Tensor3D {
  const slopes: Record<Aggregation, () => tf.Tensor> = {
    mean: () => tf.fill(cosines.shape, 1 / cosines.shape[2]),
    sum: () => tf.onesLike(cosines),
    max: () => {
      const isLargest = tf.cast(tf.equal(cosines, tf.max(cosines, 2, true)), 'float32')
      return tf.div(isLargest, tf.sum(isLargest, 2, true))
    },
    logsum: () => {
      const scaled = tf.mul(cosines, sharpness)
      const exponentials = tf.exp(tf.sub(scaled, tf.max(scaled, 2, true)))
      return tf.div(exponentials, tf.sum(exponentials, 2, true))
    },
  }
  return slopes[aggregation]() as tf.Tensor3D
}
