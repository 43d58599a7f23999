import * as tf from '@tensorflow/tfjs-core'
import { readLabels, requireRank, requireShare } from './check-inputs.ts'
import { softmaxCrossEntropy } from './softmax-cross-entropy.ts'

export interface CrossEntropyLossOptions {
  /** Share of the target that is spread evenly over all classes (Szegedy et al. 2016), in [0, 1); 0 by default. */
  readonly labelSmoothing?: number
}

/**
 * Mean softmax cross-entropy, a scalar, differentiable in the logits.
 *
 * @param logits [N, classes], before the softmax.
 * @param labels int32 [N]; read back from the backend to be checked.
 * @throws InvalidInputError for other shapes, and for a label that is no class.
 *
 * @example
 * crossEntropyLoss(tf.tensor2d([[2, 0]]), tf.tensor1d([0], 'int32')) // log(1 + exp(-2)) = 0.127
 */
export function crossEntropyLoss(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  { labelSmoothing = 0 }: CrossEntropyLossOptions = {},
): tf.Scalar {
  requireRank('logits', logits, 'items, classes')
  requireShare('labelSmoothing', labelSmoothing)
  readLabels(labels, ...logits.shape)
  const loss = tf.customGrad((x, save) => {
    const { value, slope } = softmaxCrossEntropy(x as tf.Tensor2D, labels, labelSmoothing)
    ;(save as tf.GradSaveFunc)([slope])
    return { value, gradFunc: (dy, [saved]) => tf.mul(saved!, dy) }
  })
  return loss(logits) as tf.Scalar
}
