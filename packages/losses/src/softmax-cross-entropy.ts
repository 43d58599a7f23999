import * as tf from '@tensorflow/tfjs-core'

/**
 * Mean softmax cross-entropy of logits [N, C] against labels [N] in range, and its gradient with respect to the logits,
 * (softmax - target) / N. The target is 1 - ε for the label's class and ε / C more for every class.
 */
export function softmaxCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  labelSmoothing: number,
): { value: tf.Scalar; slope: tf.Tensor2D } {
  const [count, classes] = logits.shape
  // No tf.oneHot: it refuses a single class, and on WASM it rounds the values it is to fill in.
  const isLabel = tf.equal(tf.reshape(labels, [count, 1]), tf.range(0, classes, 1, 'int32'))
  const targets = tf.add(tf.mul(tf.cast(isLabel, 'float32'), 1 - labelSmoothing), labelSmoothing / classes)
  const shifted = tf.sub(logits, tf.max(logits, 1, true))
  const logProbabilities = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)))
  const value = tf.mul<tf.Scalar>(tf.sum(tf.mul(targets, logProbabilities)), -1 / count)
  const slope = tf.mul<tf.Tensor2D>(tf.sub(tf.exp(logProbabilities), targets), 1 / count)
  return { value, slope }
}
