import * as tf from '@tensorflow/tfjs-core'
import { requirePositive, requireRank } from './check-inputs.ts'
import type { PrototypeLossOptions } from './compactness-loss.ts'
import { softmaxOverOthers } from './softmax-over-others.ts'

/**
 * Drives the prototypes of classes apart (CIDER, arXiv 2203.04450): the mean over classes c of
 * log( mean over the other classes j of exp(μ_c·μ_j/t) ), a scalar, differentiable in the prototypes. 0 for a single class.
 *
 * @param prototypes [classes, D], of unit length.
 */
export function dispersionLoss(prototypes: tf.Tensor2D, { temperature = 0.1 }: PrototypeLossOptions = {}): tf.Scalar {
  requireRank('prototypes', prototypes, 'classes, dimension')
  requirePositive('temperature', temperature)
  const classes = prototypes.shape[0]
  const loss = tf.customGrad((given, save) => {
    const rows = given as tf.Tensor2D
    const logits = tf.div<tf.Tensor2D>(tf.matMul(rows, tf.transpose(rows)), temperature)
    const { logSum, probabilities } = softmaxOverOthers(logits)
    const value = classes === 1 ? tf.scalar(0) : tf.sub<tf.Scalar>(tf.mean(logSum), Math.log(classes - 1))
    const symmetric = tf.add<tf.Tensor2D>(probabilities, tf.transpose(probabilities))
    ;(save as tf.GradSaveFunc)([tf.div(tf.matMul(symmetric, rows), temperature * classes)])
    return { value, gradFunc: (dy, [saved]) => tf.mul(saved!, dy) }
  })
  return loss(prototypes) as tf.Scalar
}
