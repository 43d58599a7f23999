import type { Tensor4D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from './tensorflow.ts'

/**
 * Puts rows and columns where every `stride`-th one of a map was, zeros between and after them, by concatenation alone.
 *
 * @param height of the result, in stride · (rows - 1) + 1 .. stride · rows; `width` alike.
 */
export function spreadPositions(
  tf: TensorFlow,
  map: Tensor4D,
  stride: number,
  { height, width }: { readonly height: number; readonly width: number },
): Tensor4D {
  if (stride === 1) return map
  const [count, rows, columns, channels] = map.shape
  const wide = tf.concat([map, tf.zeros([count, rows, columns, channels * (stride - 1)])], 3)
  const rowLength = columns * stride * channels
  const high = tf.concat(
    [tf.reshape(wide, [count, rows, 1, rowLength]), tf.zeros([count, rows, stride - 1, rowLength])],
    2,
  )
  const all: Tensor4D = tf.reshape(high, [count, rows * stride, columns * stride, channels])
  return tf.slice(all, [0, 0, 0, 0], [count, height, width, channels])
}
