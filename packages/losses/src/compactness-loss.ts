import * as tf from '@tensorflow/tfjs-core'
import { readLabels, requirePositive, requireRank } from './check-inputs.ts'
import { softmaxCrossEntropy } from './softmax-cross-entropy.ts'
import { requirePrototypes } from './update-prototypes.ts'

export interface PrototypeLossOptions {
  /** Divides the inner products; 0.1 by default. */
  readonly temperature?: number
}

/**
 * Draws embeddings to the prototypes of their classes (CIDER, arXiv 2203.04450): the mean over the batch of
 * -log( exp(z·μ_y/t) / Σ_c exp(z·μ_c/t) ), a scalar. Differentiable in the embeddings; the prototypes are constants.
 *
 * @param embeddings [N, D], of unit length.
 * @param labels int32 [N]; read back from the backend to be checked.
 * @param prototypes [classes, D], of unit length.
 * @throws InvalidInputError for shapes that do not fit and for a label that is no class.
 */
export function compactnessLoss(
  embeddings: tf.Tensor2D,
  labels: tf.Tensor1D,
  prototypes: tf.Tensor2D,
  { temperature = 0.1 }: PrototypeLossOptions = {},
): tf.Scalar {
  requireRank('embeddings', embeddings, 'items, dimension')
  requirePrototypes(prototypes, embeddings)
  requirePositive('temperature', temperature)
  readLabels(labels, embeddings.shape[0], prototypes.shape[0])
  const loss = tf.customGrad((z, save) => {
    const logits = tf.div<tf.Tensor2D>(tf.matMul(z as tf.Tensor2D, tf.transpose(prototypes)), temperature)
    const { value, slope } = softmaxCrossEntropy(logits, labels, 0)
    ;(save as tf.GradSaveFunc)([tf.div(tf.matMul(slope, prototypes), temperature)])
    return { value, gradFunc: (dy, [saved]) => tf.mul(saved!, dy) }
  })
  return loss(embeddings) as tf.Scalar
}
