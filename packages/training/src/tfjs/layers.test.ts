import { prepareBackend } from '@mode-ood/backend'
import { createRandom } from '@mode-ood/core'
import { relativeError } from '@mode-ood/testing'
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { convolve } from './convolve.ts'
import { maxPool } from './max-pool.ts'
import { normalizeByBatch } from './normalize.ts'
import { padShortcut } from './pad-shortcut.ts'
import { relu } from './relu.ts'
import type { TensorFlow } from './tensorflow.ts'

type Layer = (tf: TensorFlow, inputs: Tensor[]) => Tensor

/**
 * Central differences of float32 functions: with values near 1 and this step, rounding gives 2^-24 / 2^-6 = 4e-6 of a value,
 * which sums over an output of some hundred elements to a few 1e-4.
 */
const step = 2 ** -6
const tolerance = 1e-3

interface Case {
  readonly name: string
  readonly layer: Layer
  readonly shapes: readonly (readonly number[])[]
}

function convolution(kernel: number, stride: number, map: readonly [number, number, number, number]): Case {
  return {
    name: `convolution ${kernel}x${kernel}, stride ${stride}, of ${map[1]} x ${map[2]}`,
    layer: (tf, inputs) => convolve(tf, inputs[0] as Tensor4D, inputs[1] as Tensor4D, { kernel, stride }),
    shapes: [map, [kernel, kernel, map[3], 3]],
  }
}

/** After ReLU maps are not negative, and on WebAssembly the gradient counts on that. */
const pooling: Layer = (tf, [map]) => maxPool(tf, tf.add(map!, 1) as Tensor4D)
/** No value within a step of 0. */
const aboveZero: Layer = (tf, [map]) => relu(tf, tf.add(map!, 0.05) as Tensor4D)
const shortcut: Layer = (tf, [map]) => padShortcut(tf, map as Tensor4D, { inputs: 2, outputs: 5, stride: 2 })
const normalization: Layer = (tf, [map, scale, shift]) => {
  const norm = { scale: scale as Tensor1D, shift: shift as Tensor1D }
  return normalizeByBatch(tf, map as Tensor4D, norm, 1e-5, (...observed) => tf.dispose(observed))
}

const cases: Case[] = [
  convolution(3, 1, [2, 5, 4, 2]),
  convolution(3, 2, [2, 6, 4, 2]),
  convolution(3, 2, [2, 5, 7, 2]),
  convolution(7, 2, [1, 9, 10, 2]),
  convolution(1, 2, [2, 5, 6, 3]),
  { name: 'shortcut of 4 x 6', layer: shortcut, shapes: [[2, 4, 6, 2]] },
  { name: 'shortcut of 5 x 3', layer: shortcut, shapes: [[2, 5, 3, 2]] },
  { name: 'max pool of 6 x 6', layer: pooling, shapes: [[1, 6, 6, 2]] },
  { name: 'max pool of 5 x 7', layer: pooling, shapes: [[1, 5, 7, 2]] },
  { name: 'ReLU', layer: aboveZero, shapes: [[1, 3, 3, 2]] },
  { name: 'batch normalisation', layer: normalization, shapes: [[2, 3, 4, 3], [3], [3]] },
]

/** Distinct values a quarter of the step apart or more, so that no difference makes another one the largest. */
function values(shape: readonly number[], seed: number): Float32Array {
  const size = shape.reduce((product, extent) => product * extent, 1)
  const ranks = createRandom(seed).shuffle(Array.from({ length: size }, (_, i) => i))
  return Float32Array.from(ranks, (rank) => (2.5 * step * size > 2 ? 2.5 * step * rank : (2 * rank) / size) - 0.9)
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  test.each(cases)('$name has the gradients of central differences', async ({ layer, shapes }) => {
    const { tf } = await prepareBackend({ prefer: backend })
    const inputs = shapes.map((shape, i) => values(shape, i))
    const tensors = () => inputs.map((data, i) => tf.tensor(data, [...shapes[i]!]))
    const weights = tf.tidy(() => values(layer(tf, tensors()).shape, 9))
    const weighted = (output: Tensor) => tf.sum(tf.mul(output, tf.tensor(weights, output.shape)))
    const gradients = tf.tidy(() =>
      tf
        .grads((...given: Tensor[]) => weighted(layer(tf, given)))(tensors())
        .map((gradient) => gradient.dataSync()),
    )
    const evaluate = () =>
      tf.tidy(() => [...layer(tf, tensors()).dataSync()]).reduce((sum, value, i) => sum + value * weights[i]!, 0)
    for (const [i, input] of inputs.entries()) {
      const differences = input.map((value, k) => {
        input[k] = value + step
        const above = evaluate()
        input[k] = value - step
        const below = evaluate()
        input[k] = value
        return (above - below) / (2 * step)
      })
      expect(relativeError(gradients[i]!, differences), `input ${i}`).toBeLessThan(tolerance)
    }
  })
})

test('a single value a channel has no variance', async () => {
  const { tf } = await prepareBackend({ prefer: 'cpu' })
  const norm = { scale: tf.ones([2]) as Tensor1D, shift: tf.zeros([2]) as Tensor1D }
  expect(() => normalizeByBatch(tf, tf.zeros([1, 1, 1, 2]), norm, 1e-5, () => {})).toThrow(
    'more than one value a channel',
  )
  tf.dispose(norm as never)
})
