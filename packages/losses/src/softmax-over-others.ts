import * as tf from '@tensorflow/tfjs-core'

/** Stands in for minus infinity where a difference of two must stay a number. */
const excluded = -1e30

/**
 * Softmax of every row of square logits over all columns but the row's own.
 *
 * @returns `logSum` [N, 1], the logarithm of the sum of exponentials, and `probabilities` [N, N] with a diagonal of 0. Where
 * N is 1 there are no others: the probability is 0 and `logSum` means nothing.
 */
export function softmaxOverOthers(logits: tf.Tensor2D): { logSum: tf.Tensor2D; probabilities: tf.Tensor2D } {
  const itself = tf.cast(tf.eye(logits.shape[0]), 'bool')
  const others = tf.where(itself, excluded, logits)
  const largest = tf.max(others, 1, true)
  const exponentials = tf.where(itself, 0, tf.exp(tf.sub(others, largest)))
  const sum = tf.maximum(tf.sum(exponentials, 1, true), 1e-30)
  return {
    logSum: tf.add(tf.log(sum), largest),
    probabilities: tf.div(exponentials, sum),
  }
}
