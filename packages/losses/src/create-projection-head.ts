import { createRandom } from '@mode-ood/core'
import * as tf from '@tensorflow/tfjs-core'
import { requireCount } from './check-inputs.ts'

/**
 * The layers that map embeddings [N, E] to the sphere a contrastive loss compares on: Linear(E, E) → ReLU →
 * Linear(E, dimension), then division by the L2 norm. Used in training only. Matrices are [in, out]; PyTorch's, under
 * `head.0` and `head.2` in a checkpoint, are their transposes.
 */
export interface ProjectionHead {
  /** [E, E] */
  readonly w1: tf.Tensor2D
  /** [E] */
  readonly b1: tf.Tensor1D
  /** [E, dimension] */
  readonly w2: tf.Tensor2D
  /** [dimension] */
  readonly b2: tf.Tensor1D
}

export interface ProjectionHeadOptions {
  /** E, the length of the embeddings. */
  readonly channels: number
  /** Length of the projected vectors; 128 by default. */
  readonly dimension?: number
  /** Of the initial values, which are the same on every backend; 0 by default. */
  readonly seed?: string | number
}

/**
 * A projection head as trainable variables, uniform within ±1/sqrt(fan-in) as PyTorch's linear layers are. Dispose of them with
 * `tf.dispose(head)`.
 *
 * @throws InvalidOptionError for an extent that is no integer above 0.
 */
export function createProjectionHead(options: ProjectionHeadOptions): {
  readonly [K in keyof ProjectionHead]: tf.Variable<ProjectionHead[K] extends tf.Tensor1D ? tf.Rank.R1 : tf.Rank.R2>
} {
  const { channels, dimension = 128, seed = 0 } = options
  requireCount('channels', channels)
  requireCount('dimension', dimension)
  const random = createRandom(seed)
  const bound = 1 / Math.sqrt(channels)
  const draw = (name: string, size: number) => {
    const { uniform } = random.fork(name)
    return Float32Array.from({ length: size }, () => bound * (2 * uniform() - 1))
  }
  const matrix = (name: string, outputs: number) =>
    tf.tidy(() => tf.variable(tf.tensor2d(draw(name, channels * outputs), [channels, outputs])))
  const vector = (name: string, outputs: number) => tf.tidy(() => tf.variable(tf.tensor1d(draw(name, outputs))))
  return {
    w1: matrix('w1', channels),
    b1: vector('b1', channels),
    w2: matrix('w2', dimension),
    b2: vector('b2', dimension),
  }
}
