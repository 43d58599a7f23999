import { InvalidInputError } from '@mode-ood/core'
import { contrastLogits } from '@mode-ood/losses'
import * as tf from '@tensorflow/tfjs-core'
import type { AlpaLossOptions } from './alpa-options.ts'
import type { AlpaProjections } from './alpa-projections.ts'
import { flattenTensors } from './flatten-tensors.ts'
import { createSimilarity } from './similarity.ts'

/**
 * Attention-based local propagation, the training loss of MODE ("From Global to Local: Multi-scale Out-of-distribution
 * Detection", IEEE TIP 2023, arXiv 2308.10239): a supervised contrast of whole images by the similarity of their regions.
 *
 * ```
 * loss = -(1/N) Σ_i (1/|P(i)|) Σ_{p in P(i)} [ t S_ip - log Σ_{a≠i} exp(t S_ia) ]
 * ```
 * with S from `alpaSimilarity`, t the inverse temperature and P(i) all other views of i's label. An anchor without positives
 * adds 0 and stays in the mean. Differentiable in the map and all six matrices, by one gradient in closed form. Time grows
 * with (N · positions)², memory stays within `workspaceMebibytes` and a few matrices [N · positions, E].
 *
 * @param featureMap [N, H, W, E] after the last ReLU, N = 2B: view 1 of all images, then view 2 of all.
 * @param labels int32 [B]; any integers, only their equality matters.
 * @throws InvalidInputError for an odd N, other shapes or types, and projections of another width than the map's.
 * @throws InvalidOptionError for an option that is none.
 *
 * @example
 * const projections = createAlpaProjections({ channels: 512 })
 * optimizer.minimize(() => alpaLoss(network(views), labels, projections))
 */
export function alpaLoss(
  featureMap: tf.Tensor4D,
  labels: tf.Tensor1D,
  projections: AlpaProjections,
  options: AlpaLossOptions = {},
): tf.Scalar {
  const { inverseTemperature = 10 } = options
  const { inputs, forward, backward } = createSimilarity(featureMap, projections, options)
  checkLabels(labels, featureMap.shape[0])
  const loss = tf.customGrad((...given) => {
    const save = given.pop() as unknown as tf.GradSaveFunc
    const { similarity, traces } = forward(given as tf.Tensor[])
    const both = tf.concat([labels, labels])
    const { loss: value, gradient } = contrastLogits(tf.mul(similarity, inverseTemperature), both)
    const { tensors, restore } = flattenTensors({ gradient, traces })
    save(tensors)
    return {
      value,
      gradFunc: (dy, saved) => {
        const before = restore(saved)
        return backward(tf.mul(before.gradient, tf.mul(dy, inverseTemperature)), before.traces)
      },
    }
  })
  return loss(...inputs) as tf.Scalar
}

function checkLabels({ shape, dtype }: tf.Tensor1D, count: number): void {
  if (count % 2 !== 0) {
    throw new InvalidInputError(`the feature map has ${count} images, expected two views of each image: an even number`)
  }
  if (dtype === 'int32' && shape.length === 1 && shape[0] === count / 2) return
  throw new InvalidInputError(
    `labels are ${dtype} [${shape.join(', ')}], expected int32 [${count / 2}], one for the two views of an image`,
  )
}
