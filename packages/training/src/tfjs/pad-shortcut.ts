import type { PadPlan } from '@mode-ood/backbones'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { spreadPositions } from './spread-positions.ts'
import type { TensorFlow } from './tensorflow.ts'

/** The shortcut without parameters: every `stride`-th row and column, channels of zeros before and after. */
export function padShortcut(tf: TensorFlow, map: Tensor4D, { inputs, outputs, stride }: PadPlan): Tensor4D {
  const before = Math.floor((outputs - inputs) / 2)
  const strided = stride === 1 ? map : takeEvery(tf, map, stride)
  return tf.pad(strided, [
    [0, 0],
    [0, 0],
    [0, 0],
    [before, outputs - inputs - before],
  ])
}

/** Every `stride`-th row and column. TensorFlow.js has no gradient for strided slices. */
function takeEvery(tf: TensorFlow, map: Tensor4D, stride: number): Tensor4D {
  const [, height, width] = map.shape
  const take = tf.customGrad((input) => ({
    value: tf.stridedSlice(input as Tensor4D, [0, 0, 0, 0], map.shape, [1, stride, stride, 1]),
    gradFunc: (gradient) => spreadPositions(tf, gradient as Tensor4D, stride, { height, width }),
  }))
  return take(map) as Tensor4D
}
