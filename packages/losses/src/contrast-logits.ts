import { InvalidInputError } from '@mode-ood/core'
import * as tf from '@tensorflow/tfjs-core'
import { requireLabels, requireRank } from './check-inputs.ts'
import { softmaxOverOthers } from './softmax-over-others.ts'

export interface Contrast {
  /** Scalar. */
  readonly loss: tf.Scalar
  /** The derivative of the loss by every logit, [N, N] with a diagonal of 0. */
  readonly gradient: tf.Tensor2D
}

/**
 * The supervised contrast of similarities, however they come about, with its gradient: what SupCon and ALPA share.
 * ```
 * loss = -(1/N) Σ_i (1/|P(i)|) Σ_{p in P(i)} [ l_ip - log Σ_{a≠i} exp(l_ia) ]
 * ```
 * P(i) holds the other rows of i's label; an anchor without any adds 0 and stays in the mean.
 *
 * @param logits [N, N], similarities times an inverse temperature. The diagonal is not read.
 * @param labels int32 [N]; any integers, only their equality matters.
 * @throws InvalidInputError for other shapes.
 * @example const { loss, gradient } = contrastLogits(tf.mul(similarity, 10), labels)
 */
export function contrastLogits(logits: tf.Tensor2D, labels: tf.Tensor1D): Contrast {
  requireRank('logits', logits, 'N, N')
  const [count, columns] = logits.shape
  if (count !== columns) throw new InvalidInputError(`logits are [${count}, ${columns}], expected a square matrix`)
  requireLabels(labels, count)
  return tf.tidy(() => {
    const { logSum, probabilities } = softmaxOverOthers(logits)
    const { weights, hasPositives } = positiveWeights(labels)
    const terms = tf.sub(tf.mul(hasPositives, logSum), tf.sum(tf.mul(weights, logits), 1, true))
    return {
      loss: tf.div<tf.Scalar>(tf.sum(terms), count),
      gradient: tf.div<tf.Tensor2D>(tf.sub(tf.mul(hasPositives, probabilities), weights), count),
    }
  }) as unknown as Contrast
}

/** [N, N] with 1/|P(i)| where j is a positive of i, and [N, 1] with 1 where i has positives. */
function positiveWeights(labels: tf.Tensor1D): { weights: tf.Tensor2D; hasPositives: tf.Tensor2D } {
  const column = tf.reshape(labels, [-1, 1])
  const alike = tf.cast(tf.equal(column, tf.transpose(column)), 'float32')
  const positives = tf.sub(alike, tf.eye(column.shape[0]!))
  const counts = tf.sum(positives, 1, true)
  return {
    weights: tf.div(positives, tf.maximum(counts, 1)),
    hasPositives: tf.minimum(counts, 1),
  }
}
