import * as tf from '@tensorflow/tfjs-core'
import { requirePositive } from './check-inputs.ts'
import { compactnessLoss } from './compactness-loss.ts'
import { dispersionLoss } from './dispersion-loss.ts'
import { updatePrototypes } from './update-prototypes.ts'

export interface CiderLossOptions {
  /** Divides the inner products; 0.1 by default. */
  readonly temperature?: number
  /** Weight of the compactness term; that of the dispersion term is 1. 2 by default, as its authors train. */
  readonly compactness?: number
  /** How much of a prototype stays at each update; 0.5 by default (the authors': 0.5 for CIFAR-100, 0.95 for CIFAR-10). */
  readonly prototypeMomentum?: number
}

export interface CiderLoss {
  /** Scalar, differentiable in the embeddings. */
  readonly loss: tf.Scalar
  /** Its two summands, weighted. */
  readonly parts: { readonly compactness: tf.Scalar; readonly dispersion: tf.Scalar }
  /** [classes, D], what the next step is to be given. */
  readonly prototypes: tf.Tensor2D
}

/**
 * CIDER (Ming et al., "How to Exploit Hyperspherical Embeddings for Out-of-Distribution Detection", ICLR 2023,
 * arXiv 2203.04450): weight · compactness + dispersion about the prototypes that the batch has just moved.
 *
 * Compactness takes the moved prototypes as constants. Dispersion is differentiated through the move, by which the embeddings
 * of the batch drive prototypes apart; without that it would have no gradient at all.
 *
 * @param embeddings [N, D], of unit length: all views, in the order in which they move the prototypes.
 * @param labels int32 [N]
 * @param prototypes [classes, D]
 * @throws InvalidInputError for shapes that do not fit and for a label that is no class.
 *
 * @example
 * optimizer.minimize(() => {
 *   const { loss, prototypes: moved } = ciderLoss(applyProjectionHead(features, head), labels, prototypes)
 *   prototypes.assign(moved) // a variable that is not trainable
 *   return loss
 * })
 */
export function ciderLoss(
  embeddings: tf.Tensor2D,
  labels: tf.Tensor1D,
  prototypes: tf.Tensor2D,
  { temperature = 0.1, compactness: weight = 2, prototypeMomentum = 0.5 }: CiderLossOptions = {},
): CiderLoss {
  requirePositive('compactness', weight)
  const moved = updatePrototypes(prototypes, embeddings, labels, { momentum: prototypeMomentum })
  const compactness = compactnessLoss(embeddings, labels, moved, { temperature })
  const dispersion = dispersionLoss(moved, { temperature })
  return {
    loss: weightedSum(weight, compactness, dispersion),
    parts: { compactness: tf.mul(compactness, weight), dispersion },
    prototypes: moved,
  }
}

/** weight · first + second; needs no registered gradients. */
function weightedSum(weight: number, first: tf.Scalar, second: tf.Scalar): tf.Scalar {
  const sum = tf.customGrad((a, b) => ({
    value: tf.add<tf.Scalar>(tf.mul(a as tf.Scalar, weight), b as tf.Scalar),
    gradFunc: (dy) => [tf.mul(dy, weight), tf.clone(dy)],
  }))
  return sum(first, second) as tf.Scalar
}
