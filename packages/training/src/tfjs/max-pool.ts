import type { Tensor4D } from '@tensorflow/tfjs-core'
import { padBorder } from './convolve.ts'
import type { TensorFlow } from './tensorflow.ts'

/**
 * Largest of 3x3, stride 2, padding 1: the border never is the largest.
 *
 * @param map not negative, as after ReLU: on WebAssembly a window without a positive value has no gradient.
 */
export function maxPool(tf: TensorFlow, map: Tensor4D): Tensor4D {
  return tf.maxPool(padBorder(tf, map, 1, Number.NEGATIVE_INFINITY), 3, 2, 'valid')
}
