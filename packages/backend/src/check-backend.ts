import type { TensorFlow } from './backend-name.ts'

/**
 * Runs a matrix product on the current backend, and the gradient of a convolution where it has that.
 *
 * @returns whether convolutions have gradients.
 * @throws Error when a number is wrong, and whatever the backend throws.
 */
export async function checkBackend(tf: TensorFlow): Promise<boolean> {
  expectNumber(
    'matrix product',
    11,
    tf.tidy(() => tf.matMul(tf.tensor2d([1, 2], [1, 2]), tf.tensor2d([3, 4], [2, 1])).dataSync()),
  )
  const differentiates = tf.getKernel('Conv2DBackpropFilter', tf.getBackend()) !== undefined
  if (differentiates) {
    const gradient = tf.tidy(() => {
      const image = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])
      const filter = tf.tensor4d([1], [1, 1, 1, 1])
      return tf
        .grad((weight) => tf.sum(tf.conv2d(image, weight as typeof filter, 1, 'valid')))(filter)
        .dataSync()
    })
    expectNumber('gradient of a convolution', 10, gradient)
  }
  return differentiates
}

function expectNumber(what: string, expected: number, [actual]: ArrayLike<number> & Iterable<number>): void {
  if (actual !== expected) throw new Error(`its ${what} gives ${actual} instead of ${expected}`)
}
