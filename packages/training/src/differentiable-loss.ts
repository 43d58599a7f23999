import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { LossTensor } from './onnx/losses/loss-emitter.ts'

/** What a network says about a batch. With two views: view 1 of all images, then view 2 of all. */
export interface NetworkOutputs {
  /** After the last ReLU, [count, height, width, channels]. */
  readonly featureMap: Tensor4D
  /** Mean of the map over positions, [count, channels]. */
  readonly embedding: Tensor2D
  /** [count, classes]. */
  readonly logits: Tensor2D
}

/** A loss with what there is to say about it. */
export interface ComputedLoss {
  readonly loss: Scalar
  /** Its summands by name, weighted. */
  readonly parts?: Readonly<Record<string, Scalar>>
  /** New values of tensors that no gradient moves, by name. */
  readonly updates?: Readonly<Record<string, Tensor>>
}

/**
 * A loss in TensorFlow.js operations that have gradients (of the core's, `einsum`, `topk` and strided slices have none), for
 * the engine `tfjs`: the mean over a batch. What it allocates on the way is disposed of.
 *
 * @param labels int32 [count / views]
 * @param tensors those the loss has asked for, by name.
 * @example
 * const loss: DifferentiableLoss = ({ logits }, labels) => tf.losses.hingeLoss(tf.oneHot(labels, 10), logits)
 */
export type DifferentiableLoss = (
  outputs: NetworkOutputs,
  labels: Tensor1D,
  tensors: Readonly<Record<string, Tensor>>,
) => Scalar | ComputedLoss

/** A loss of one's own that compares views of an image or has tensors of its own. */
export interface CustomLoss {
  /** Views of every image; 1 by default. */
  readonly views?: 1 | 2
  /** Tensors that live with the network: learnt with it, or carried along. */
  readonly tensors?: readonly LossTensor[]
  readonly compute: DifferentiableLoss
}
