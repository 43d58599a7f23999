import { InvalidInputError } from '@mode-ood/core'
import * as tf from '@tensorflow/tfjs-core'
import { readLabels, requireRank, requireShare } from './check-inputs.ts'
import { planRounds } from './plan-rounds.ts'
import { unitRows, unitRowsGradient } from './unit-rows.ts'

export interface UpdatePrototypesOptions {
  /** α, how much of a prototype stays at each update, in [0, 1); 0.5 by default. */
  readonly momentum?: number
}

/**
 * Moves the prototypes of classes by the embeddings of a batch, one after the other in batch order (CIDER, ICLR 2023,
 * arXiv 2203.04450):
 * ```
 * μ_c := (α μ_c + (1 - α) z) / |α μ_c + (1 - α) z|      for every z of class c
 * ```
 * The result is differentiable in the embeddings; the prototypes given are constants, divided by their norms first, so that
 * an average of several workers' prototypes is one again. A class without items keeps its prototype.
 *
 * Cost: as many rounds of a few operations on [classes, D] as the most frequent class has items.
 *
 * @param prototypes [classes, D]
 * @param embeddings [N, D], of unit length.
 * @param labels int32 [N]; read back from the backend.
 * @returns [classes, D], of unit length.
 * @throws InvalidInputError for shapes that do not fit and for a label that is no class.
 */
export function updatePrototypes(
  prototypes: tf.Tensor2D,
  embeddings: tf.Tensor2D,
  labels: tf.Tensor1D,
  { momentum = 0.5 }: UpdatePrototypesOptions = {},
): tf.Tensor2D {
  requireRank('embeddings', embeddings, 'items, dimension')
  requireShare('momentum', momentum)
  requirePrototypes(prototypes, embeddings)
  const { members, places } = planRounds(
    readLabels(labels, embeddings.shape[0], prototypes.shape[0]),
    prototypes.shape[0],
  )

  const update = tf.customGrad((given, save) => {
    const z = given as tf.Tensor2D
    const extended = tf.concat2d([z, tf.zeros([1, z.shape[1]])], 0)
    let current = unitRows(prototypes).unit
    const units: tf.Tensor[] = []
    const norms: tf.Tensor[] = []
    for (const round of members) {
      const arrived = tf.mul(tf.gather(extended, tf.tensor1d(round, 'int32')), 1 - momentum)
      const moved = unitRows(tf.add(tf.mul(current, momentum), arrived))
      current = tf.where(isPresent(round, z.shape[0]), moved.unit, current)
      units.push(current)
      norms.push(moved.norms)
    }
    ;(save as tf.GradSaveFunc)([...units, ...norms])
    return { value: current, gradFunc: (dy, saved) => ofEmbeddings(dy, saved) }
  })

  function ofEmbeddings(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor {
    let slope = dy
    const pieces: tf.Tensor[] = []
    for (const [r, round] of [...members.entries()].reverse()) {
      const ofMoved = unitRowsGradient(slope, saved[r]!, saved[members.length + r]!)
      pieces.unshift(tf.mul(ofMoved, 1 - momentum))
      slope = tf.where(isPresent(round, places.length), tf.mul(ofMoved, momentum), slope)
    }
    return tf.gather(tf.concat(pieces, 0), tf.tensor1d(places, 'int32'))
  }

  return update(embeddings) as tf.Tensor2D
}

/** Bool [classes, 1]: which classes have a member in a round. */
function isPresent(round: Int32Array, absent: number): tf.Tensor2D {
  return tf.tensor2d(
    Uint8Array.from(round, (item) => Number(item !== absent)),
    [round.length, 1],
    'bool',
  )
}

/** @throws InvalidInputError unless the prototypes are vectors of the embeddings' length. */
export function requirePrototypes(prototypes: tf.Tensor2D, embeddings: tf.Tensor2D): void {
  requireRank('prototypes', prototypes, 'classes, dimension')
  if (prototypes.shape[1] === embeddings.shape[1]) return
  throw new InvalidInputError(
    `prototypes are [${prototypes.shape.join(', ')}], but the embeddings have ${embeddings.shape[1]} dimensions`,
  )
}
