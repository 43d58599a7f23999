import { createRandom, InvalidOptionError } from '@mode-ood/core'
import * as tf from '@tensorflow/tfjs-core'

/** A position-wise projection without biases: x ↦ relu(x · w1) · w2. */
export interface AlpaProjection<Matrix extends tf.Tensor2D = tf.Tensor2D> {
  /** [E, E] */
  readonly w1: Matrix
  /** [E, dimension] */
  readonly w2: Matrix
}

/** What turns the positions of a map into queries, keys and values. Used in training only. */
export interface AlpaProjections<Matrix extends tf.Tensor2D = tf.Tensor2D> {
  readonly query: AlpaProjection<Matrix>
  readonly key: AlpaProjection<Matrix>
  readonly value: AlpaProjection<Matrix>
}

export interface AlpaProjectionsOptions {
  /** E, the channels of the feature map. */
  readonly channels: number
  /** Length of queries, keys and values; 80 by default. */
  readonly dimension?: number
  /** Of the initial values, which are the same on every backend; 0 by default. */
  readonly seed?: string | number
}

/**
 * The three projections as trainable variables, uniform within ±1/sqrt(fan-in). Dispose of them with
 * `tf.dispose(projections)`.
 *
 * @throws InvalidOptionError for an extent that is no integer above 0.
 * @example createAlpaProjections({ channels: 512 }).query.w2.shape // [512, 80]
 */
export function createAlpaProjections(options: AlpaProjectionsOptions): AlpaProjections<tf.Variable<tf.Rank.R2>> {
  const { channels, dimension = 80, seed = 0 } = options
  requireCount('channels', channels)
  requireCount('dimension', dimension)
  const random = createRandom(seed)
  const bound = 1 / Math.sqrt(channels)
  const matrix = (name: string, outputs: number) => {
    const { uniform } = random.fork(name)
    const values = Float32Array.from({ length: channels * outputs }, () => bound * (2 * uniform() - 1))
    return tf.tidy(() => tf.variable(tf.tensor2d(values, [channels, outputs])))
  }
  const projection = (name: string) => ({ w1: matrix(`${name}.w1`, channels), w2: matrix(`${name}.w2`, dimension) })
  return { query: projection('query'), key: projection('key'), value: projection('value') }
}

function requireCount(option: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return
  throw new InvalidOptionError(`option "${option}" is ${value}, expected an integer above 0`)
}
