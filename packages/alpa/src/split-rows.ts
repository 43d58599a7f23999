import * as tf from '@tensorflow/tfjs-core'

/**
 * Cuts [rows, columns] into blocks of so many rows, by halves: on WASM a slice takes as long as a copy of what it is cut from.
 */
export function splitRows(tensor: tf.Tensor2D, extents: readonly number[]): tf.Tensor2D[] {
  if (extents.length < 2) return [tensor]
  const columns = tensor.shape[1]
  const middle = extents.length >> 1
  const [first, second] = [extents.slice(0, middle), extents.slice(middle)]
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  return tf.tidy(() => [
    ...splitRows(tf.slice(tensor, [0, 0], [sum(first), columns]), first),
    ...splitRows(tf.slice(tensor, [sum(first), 0], [sum(second), columns]), second),
  ])
}
