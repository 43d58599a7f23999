import * as tf from '@tensorflow/tfjs-core'
import { requireLabels, requirePositive, requireRank } from './check-inputs.ts'
import { contrastLogits } from './contrast-logits.ts'

export interface SupConLossOptions {
  /** Divides the similarities; 0.1 by default. */
  readonly temperature?: number
  /** The loss is multiplied by temperature / baseTemperature, as its authors' code does; 0.07 by default. */
  readonly baseTemperature?: number
}

/**
 * Supervised contrastive loss (Khosla et al., NeurIPS 2020, arXiv 2004.11362; the form with the mean outside the logarithm),
 * a scalar, differentiable in the embeddings.
 *
 * With all N = B · views vectors z as anchors and P(i) the other vectors of i's label:
 * ```
 * loss = -(temperature / baseTemperature) (1/N) Σ_i (1/|P(i)|) Σ_{p in P(i)} [ z_i·z_p / t - log Σ_{a≠i} exp(z_i·z_a / t) ]
 * ```
 * An anchor without positives adds 0 and stays in the mean. The gradient is in closed form; memory is about ten matrices N x N.
 *
 * @param embeddings [B, views, D], of unit length; they are not normalised here. Two views an image are usual, one works.
 * @param labels int32 [B]; any integers, only their equality matters.
 * @throws InvalidInputError for other shapes, InvalidOptionError for a temperature that is not above 0.
 *
 * @example
 * const embeddings = applyProjectionHead(features, head).reshape([images, 2, 128])
 * supConLoss(embeddings, labels, { temperature: 0.1 })
 */
export function supConLoss(
  embeddings: tf.Tensor3D,
  labels: tf.Tensor1D,
  { temperature = 0.1, baseTemperature = 0.07 }: SupConLossOptions = {},
): tf.Scalar {
  requireRank('embeddings', embeddings, 'images, views, dimension')
  const [images, views, dimension] = embeddings.shape
  requireLabels(labels, images)
  requirePositive('temperature', temperature)
  requirePositive('baseTemperature', baseTemperature)
  const count = images * views
  const scale = temperature / baseTemperature

  const loss = tf.customGrad((x, save) => {
    const rows = tf.reshape(x as tf.Tensor, [count, dimension]) as tf.Tensor2D
    const logits = tf.div<tf.Tensor2D>(tf.matMul(rows, tf.transpose(rows)), temperature)
    const eachView = tf.reshape(tf.tile(tf.reshape(labels, [-1, 1]), [1, views]), [-1]) as tf.Tensor1D
    const { loss: value, gradient: slope } = contrastLogits(logits, eachView)
    ;(save as tf.GradSaveFunc)([rows, slope])
    return {
      value: tf.mul<tf.Scalar>(value, scale),
      gradFunc: (dy, [savedRows, savedSlope]) => {
        const symmetric = tf.add(savedSlope!, tf.transpose(savedSlope!))
        const gradient = tf.matMul(symmetric, savedRows!)
        return tf.mul(tf.reshape(gradient, embeddings.shape), tf.mul(dy, scale / temperature))
      },
    }
  })
  return loss(embeddings) as tf.Scalar
}
