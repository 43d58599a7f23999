import * as tf from '@tensorflow/tfjs-core'
import type { AlpaSimilarityOptions } from './alpa-options.ts'
import type { AlpaProjections } from './alpa-projections.ts'
import { flattenTensors } from './flatten-tensors.ts'
import { createSimilarity } from './similarity.ts'

/**
 * How much the regions of every two images say the same, [N, N]: each position of i asks all positions of j, what comes back
 * is aligned to i, and the cosines of the two are aggregated over positions and both directions. Symmetric; with `mean`
 * within -2..2. Differentiable in the map and all six matrices.
 *
 * @param featureMap [N, H, W, E]
 * @throws InvalidInputError for projections of another width than the map's, InvalidOptionError for options.
 * @example alpaSimilarity(map, createAlpaProjections({ channels: 512 })) // [N, N]
 */
export function alpaSimilarity(
  featureMap: tf.Tensor4D,
  projections: AlpaProjections,
  options: AlpaSimilarityOptions = {},
): tf.Tensor2D {
  const { inputs, forward, backward } = createSimilarity(featureMap, projections, options)
  const similarity = tf.customGrad((...given) => {
    const save = given.pop() as unknown as tf.GradSaveFunc
    const { similarity: value, traces } = forward(given as tf.Tensor[])
    const { tensors, restore } = flattenTensors(traces)
    save(tensors)
    return { value, gradFunc: (dy, saved) => backward(dy as tf.Tensor2D, restore(saved)) }
  })
  return similarity(...inputs) as tf.Tensor2D
}
