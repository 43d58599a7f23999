import type { DifferentiableLoss } from '../differentiable-loss.ts'
import type { TensorFlow } from './tensorflow.ts'

/** Softmax cross-entropy with smoothed labels, as somebody would write it who has TensorFlow.js alone. */
export function smoothedCrossEntropy(tf: TensorFlow, labelSmoothing = 0): DifferentiableLoss {
  return ({ logits }, labels) => {
    const classes = logits.shape[1]
    const target = tf.add(tf.mul(tf.oneHot(labels, classes), 1 - labelSmoothing), labelSmoothing / classes)
    return tf.neg(tf.mean(tf.sum(tf.mul(target, tf.logSoftmax(logits)), 1)))
  }
}
