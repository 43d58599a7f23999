import * as tf from '@tensorflow/tfjs-core'

/** 1/sqrt(x), and 0 where x does not exceed `floor`: what is divided by the length of a zero vector is 0, its gradient too. */
export function inverseRoot(squares: tf.Tensor, floor: number): tf.Tensor {
  const isAbove = tf.step(tf.sub(squares, floor))
  // Where it is not, the root of about 1 stands in.
  return tf.mul(isAbove, tf.rsqrt(tf.add(tf.relu(squares), tf.sub(1, isAbove))))
}
