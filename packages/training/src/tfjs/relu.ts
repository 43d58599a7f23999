import type { Tensor4D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from './tensorflow.ts'

/** max(map, 0). Its own gradient in TensorFlow.js looks for NaN as well, which takes native backends as long as a convolution. */
export function relu(tf: TensorFlow, map: Tensor4D): Tensor4D {
  const apply = tf.customGrad((input, save) => {
    const value = tf.relu(input as Tensor4D)
    ;(save as (tensors: Tensor4D[]) => void)([value])
    return { value, gradFunc: (gradient, [saved]) => tf.mul(gradient, tf.cast(tf.greater(saved!, 0), 'float32')) }
  })
  return apply(map) as Tensor4D
}
