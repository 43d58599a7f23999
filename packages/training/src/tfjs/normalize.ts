import { InvalidInputError } from '@mode-ood/core'
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from './tensorflow.ts'

/** Scale and shift of a batch normalisation, and what its running statistics are. */
export interface BatchNorm {
  readonly scale: Tensor1D
  readonly shift: Tensor1D
  readonly mean: Tensor1D
  readonly variance: Tensor1D
}

/** Batch normalisation by the running statistics. */
export function normalizeByRunning(tf: TensorFlow, map: Tensor4D, norm: BatchNorm, epsilon: number): Tensor4D {
  return tf.batchNorm(map, norm.mean, norm.variance, norm.shift, norm.scale, epsilon)
}

/**
 * Batch normalisation by the batch's own statistics, differentiable in the map, the scale and the shift, in closed form: of
 * the map's size it keeps one tensor for the way back, where its operations one by one would keep six.
 *
 * @param observe gets the mean and the unbiased variance over count · height · width, [channels] each, to be disposed of.
 * @throws InvalidInputError for a single value a channel, which has no variance.
 */
export function normalizeByBatch(
  tf: TensorFlow,
  map: Tensor4D,
  { scale, shift }: Pick<BatchNorm, 'scale' | 'shift'>,
  epsilon: number,
  observe: (mean: Tensor1D, variance: Tensor1D) => void,
): Tensor4D {
  const channels = map.shape[3]
  const rows = map.size / channels
  if (rows < 2) throw new InvalidInputError('batch normalisation needs more than one value a channel: take more images')
  const normalize = tf.customGrad((...given) => {
    const [x, gamma, beta, save] = given as [Tensor4D, Tensor1D, Tensor1D, (tensors: Tensor[]) => void]
    const flat: Tensor2D = tf.reshape(x, [rows, channels])
    const mean: Tensor1D = tf.mean(flat, 0)
    const centred: Tensor2D = tf.sub(flat, mean)
    const variance: Tensor1D = tf.mean(tf.square(centred), 0)
    const inverse: Tensor1D = tf.rsqrt(tf.add(variance, epsilon))
    observe(tf.keep(mean), tf.keep(tf.mul(variance, rows / (rows - 1))))
    save([centred, inverse, gamma])
    const value = tf.reshape(tf.add(tf.mul(centred, tf.mul(inverse, gamma)), beta), x.shape)
    return { value, gradFunc: (gradient: Tensor, saved: Tensor[]) => normalizeGradients(tf, gradient, saved as Saved) }
  })
  return normalize(map, scale, shift) as Tensor4D
}

type Saved = [centred: Tensor2D, inverse: Tensor1D, gamma: Tensor1D]

/** Of the map, the scale and the shift; with x̂ = centred · inverse: dx = γ · inverse · (dy - mean(dy) - x̂ · mean(dy · x̂)). */
function normalizeGradients(tf: TensorFlow, gradient: Tensor, [centred, inverse, gamma]: Saved): Tensor[] {
  const [rows] = centred.shape
  const dy = tf.reshape(gradient, centred.shape)
  const ofShift = tf.sum(dy, 0)
  const ofScale = tf.mul(tf.sum(tf.mul(dy, centred), 0), inverse)
  const gain = tf.mul(gamma, inverse)
  const ofMean = tf.mul(ofShift, 1 / rows)
  const slope = tf.mul(tf.mul(ofScale, inverse), 1 / rows)
  const ofMap = tf.mul(tf.sub(tf.sub(dy, ofMean), tf.mul(centred, slope)), gain)
  return [tf.reshape(ofMap, gradient.shape), ofScale, ofShift]
}
