import { InvalidInputError } from '@mode-ood/core'
import * as tf from '@tensorflow/tfjs-core'
import type { ProjectionHead } from './create-projection-head.ts'
import { unitRows, unitRowsGradient } from './unit-rows.ts'

/**
 * Projects embeddings to unit vectors: Linear → ReLU → Linear → division by the L2 norm (at least 1e-12). Differentiable in
 * the embeddings and in the head's four tensors, in closed form.
 *
 * @param embeddings [N, E], or [B, views, E] as `supConLoss` wants them.
 * @returns [N, dimension] or [B, views, dimension]
 * @throws InvalidInputError when the embeddings do not have the length that the head takes.
 */
export function applyProjectionHead<R extends tf.Rank.R2 | tf.Rank.R3>(
  embeddings: tf.Tensor<R>,
  head: ProjectionHead,
): tf.Tensor<R> {
  const [channels] = head.w1.shape
  const shape: number[] = embeddings.shape
  if (shape.at(-1) !== channels || shape.length < 2) {
    throw new InvalidInputError(`embeddings are [${shape.join(', ')}], the projection head takes [..., ${channels}]`)
  }
  const leading = shape.slice(0, -1)
  const count = leading.reduce((product, extent) => product * extent, 1)
  const project = tf.customGrad((...given) => {
    const [x, w1, b1, w2, b2, save] = given as [...Inputs, tf.GradSaveFunc]
    const rows = tf.reshape(x, [count, channels]) as tf.Tensor2D
    const hidden = tf.relu<tf.Tensor2D>(tf.add(tf.matMul(rows, w1), b1))
    const { unit, norms } = unitRows(tf.add(tf.matMul(hidden, w2), b2))
    save([rows, w1, w2, hidden, unit, norms])
    const value = tf.reshape(unit, [...leading, head.w2.shape[1]])
    return { value, gradFunc: (dy, saved) => gradients(dy, saved as unknown as Saved, shape) }
  })
  return project(embeddings, head.w1, head.b1, head.w2, head.b2) as tf.Tensor<R>
}

type Inputs = [x: tf.Tensor, w1: tf.Tensor2D, b1: tf.Tensor1D, w2: tf.Tensor2D, b2: tf.Tensor1D]
type Saved = readonly [
  rows: tf.Tensor2D,
  w1: tf.Tensor2D,
  w2: tf.Tensor2D,
  hidden: tf.Tensor2D,
  unit: tf.Tensor2D,
  norms: tf.Tensor2D,
]

/** In the order of the inputs. Transposes stand alone: as flags of a product they are slow on WASM. */
function gradients(dy: tf.Tensor, [rows, w1, w2, hidden, unit, norms]: Saved, shape: number[]): tf.Tensor[] {
  const ofOutput = unitRowsGradient(tf.reshape(dy, unit.shape), unit, norms)
  const active = tf.cast(tf.greater(hidden, 0), 'float32')
  const ofHidden = tf.mul<tf.Tensor2D>(tf.matMul(ofOutput, tf.transpose(w2)), active)
  return [
    tf.reshape(tf.matMul(ofHidden, tf.transpose(w1)), shape),
    tf.matMul(tf.transpose(rows), ofHidden),
    tf.sum(ofHidden, 0),
    tf.matMul(tf.transpose(hidden), ofOutput),
    tf.sum(ofOutput, 0),
  ]
}
