import * as tf from '@tensorflow/tfjs-core'
import { type Answering, answeringBlocks, type Answers, answer, ask, type Asking, type Projected } from './attention.ts'
import type { BlockPlan } from './plan-blocks.ts'
import { splitRows } from './split-rows.ts'

/** What came out of `attentionCosines`. */
export interface Attended {
  readonly cosines: tf.Tensor2D
  readonly kept: readonly Answers[]
}

/**
 * The gradients of queries, keys and values from that of the cosines, [answering image, asking position]. Where a cosine is
 * not defined, because a value or what aligns with it is zero, its gradient is zero.
 */
export function attentionGradient(
  projected: Projected,
  { cosines, kept }: Attended,
  cosineGradient: tf.Tensor2D,
  plan: BlockPlan,
): Projected {
  return tf.tidy(() => {
    const asking = ask(projected)
    const columns = { query: tf.transpose(asking.query), unit: tf.transpose(asking.unit) }
    const keys: tf.Tensor2D[] = []
    const values: tf.Tensor2D[] = []
    let sums: tf.Tensor2D[] = [tf.zerosLike(projected.query), tf.zerosLike(projected.value)]
    const cosinesOf = splitRows(cosines, plan.blocks)
    const gradientOf = splitRows(cosineGradient, plan.blocks)
    for (const [i, block] of answeringBlocks(projected, plan).entries()) {
      const before = sums
      const [ofQuery, ofUnit, ofKey, ofValue] = tf.tidy(() => {
        const answering = block()
        const answers = kept[i] ?? answer(asking, answering)
        const [own, ofOwn] = [tf.transpose(cosinesOf[i]!), tf.transpose(gradientOf[i]!)]
        const { query, unit, key, value } = blockGradient(columns, answering, answers, own, ofOwn)
        return [tf.add(before[0]!, query), tf.add(before[1]!, unit), key, value]
      }) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]
      tf.dispose(before)
      sums = [ofQuery, ofUnit]
      keys.push(ofKey)
      values.push(ofValue)
    }
    const [ofQuery, ofUnit] = sums as [tf.Tensor2D, tf.Tensor2D]
    return {
      query: tf.mul<tf.Tensor2D>(ofQuery, 1 / Math.sqrt(ofQuery.shape[1])),
      key: tf.concat(keys, 0),
      value: tf.add<tf.Tensor2D>(tf.concat(values, 0), throughUnit(asking, ofUnit)),
    } as never
  })
}

/**
 * With w the attention, D inner products, a the aligned value, h = w G, and g the gradient of the cosines:
 * ```
 * P2 = w g/|a|   P1 = P2 (D - h cos/|a|)
 * dq = P1 k   dk = P1ᵀ q   du = P2 v   dv = P2ᵀ u - B v   B = Σ (cos/|a|) P2ᵀ w within an image
 * ```
 * The softmax needs no more than P1, which sums to zero over an image's positions.
 *
 * @param columns of the asking positions, [dimension, rows]
 * @param cosines [rows, images of the block], as `gradient`
 */
function blockGradient(
  columns: Pick<Asking, 'query' | 'unit'>,
  { images, key, value, gram, isSameImage }: Answering,
  { weights, inner, inverseLength }: Answers,
  cosines: tf.Tensor2D,
  gradient: tf.Tensor2D,
): Projected & { readonly unit: tf.Tensor2D } {
  const [rows, size] = weights.shape
  /** Multiplies the columns of every image by its column. */
  const scale = (tensor: tf.Tensor2D, byImage: tf.Tensor2D) =>
    tf.reshape(tf.mul(tf.reshape(tensor, [rows, images, size / images]), tf.expandDims(byImage, 2)), [
      rows,
      size,
    ]) as tf.Tensor2D
  const along = tf.mul<tf.Tensor2D>(cosines, inverseLength)
  const ofInner = scale(weights, tf.mul(gradient, inverseLength))
  const ofScores = tf.mul<tf.Tensor2D>(ofInner, tf.sub(inner, scale(tf.matMul(weights, gram), along)))
  const throughLength = tf.mul<tf.Tensor2D>(tf.matMul(tf.transpose(scale(weights, along)), ofInner), isSameImage)
  return {
    query: tf.matMul(ofScores, key),
    unit: tf.matMul(ofInner, value),
    key: tf.transpose(tf.matMul(columns.query, ofScores)),
    value: tf.sub(tf.transpose(tf.matMul(columns.unit, ofInner)), tf.matMul(throughLength, value)),
  }
}

/** The gradient of values from that of their unit vectors: what lies across the direction. */
function throughUnit({ unit, inverseLength }: Asking, gradient: tf.Tensor2D): tf.Tensor2D {
  const along = tf.sum(tf.mul(gradient, unit), 1, true)
  return tf.mul(tf.sub(gradient, tf.mul(unit, along)), inverseLength)
}
