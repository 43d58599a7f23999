import * as tf from '@tensorflow/tfjs-core'
import { inverseRoot } from './inverse-root.ts'
import type { BlockPlan } from './plan-blocks.ts'
import { splitRows } from './split-rows.ts'

/** Queries, keys and values [images · positions, dimension], the positions of an image in a row. */
export interface Projected {
  readonly query: tf.Tensor2D
  readonly key: tf.Tensor2D
  readonly value: tf.Tensor2D
}

/** All positions as they ask; rows. */
export interface Asking {
  /** Queries divided by the root of the dimension. */
  readonly query: tf.Tensor2D
  /** Values of unit length; a zero value stays zero. */
  readonly unit: tf.Tensor2D
  /** 1 / length of the values [rows, 1], 0 of a zero value. */
  readonly inverseLength: tf.Tensor2D
}

/** A few images as they answer, [images · positions, dimension]. */
export interface Answering {
  readonly images: number
  readonly key: tf.Tensor2D
  readonly value: tf.Tensor2D
  /** Inner products of the values of each image, zero between images: [images · positions] squared. */
  readonly gram: tf.Tensor2D
  /** 1 within an image, 0 between images, of the same shape. */
  readonly isSameImage: tf.Tensor2D
}

/** What all positions get from a block of answering images; columns are the block's positions, in `inverseLength` its images. */
export interface Answers {
  /** Attention w. */
  readonly weights: tf.Tensor2D
  /** Inner products of unit values with the values that answer. */
  readonly inner: tf.Tensor2D
  /** 1 / length of the aligned value Σ w v, 0 of a zero one. */
  readonly inverseLength: tf.Tensor2D
}

/** Lengths up to these are zero: of a value, of an aligned value. */
const smallestLength = 1e-12
const smallestAligned = 1e-8

/**
 * The cosine of every position's value with the values of every image aligned to it,
 * cos(v_i^r, Σ_s softmax_s(q_i^r · k_j^s / sqrt(e)) v_j^s), as [answering image j, asking position i · positions + r], with the
 * answers of the first blocks as far as the plan keeps them.
 *
 * Images answer in blocks. An aligned value itself is never made: its product with the asking value is Σ w · inner, its squared
 * length the quadratic form w G w of the answering image's inner products.
 */
export function attentionCosines(projected: Projected, plan: BlockPlan): { cosines: tf.Tensor2D; kept: Answers[] } {
  return tf.tidy(() => {
    const asking = ask(projected)
    const kept: Answers[] = []
    const cosines = answeringBlocks(projected, plan).map((block, i) => {
      const [row, ...answers] = tf.tidy(() => {
        const answering = block()
        const { weights, inner, inverseLength } = answer(asking, answering)
        const numerator = sumOverPositions(tf.mul(weights, inner), answering.images)
        const cosinesOfBlock = tf.transpose(tf.mul(numerator, inverseLength))
        return i < plan.kept ? [cosinesOfBlock, weights, inner, inverseLength] : [cosinesOfBlock]
      }) as tf.Tensor2D[]
      const [weights, inner, inverseLength] = answers
      if (weights && inner && inverseLength) kept.push({ weights, inner, inverseLength })
      return row!
    })
    return { cosines: tf.concat(cosines, 0), kept } as never
  })
}

export function ask({ query, value }: Projected): Asking {
  const inverseLength = inverseRoot(tf.sum(tf.square(value), 1, true), smallestLength ** 2) as tf.Tensor2D
  return {
    query: tf.mul(query, 1 / Math.sqrt(query.shape[1])),
    unit: tf.mul(value, inverseLength),
    inverseLength,
  }
}

/** The batch in the plan's blocks, each computed when it is asked for. */
export function answeringBlocks({ key, value }: Projected, plan: BlockPlan): (() => Answering)[] {
  const extents = plan.blocks.map((images) => images * plan.positions)
  const keys = splitRows(key, extents)
  const values = splitRows(value, extents)
  const masks = new Map([...new Set(plan.blocks)].map((images) => [images, sameImage(images, plan.positions)]))
  return plan.blocks.map((images, i) => () => {
    const isSameImage = masks.get(images)!
    const gram = tf.mul<tf.Tensor2D>(tf.matMul(values[i]!, tf.transpose(values[i]!)), isSameImage)
    return { images, key: keys[i]!, value: values[i]!, gram, isSameImage }
  })
}

export function answer({ query, unit }: Asking, { images, key, value, gram }: Answering): Answers {
  const scores = tf.matMul(query, tf.transpose(key))
  const [rows, columns] = scores.shape as [number, number]
  const byImage = tf.reshape(scores, [rows * images, columns / images])
  const weights = tf.reshape(tf.softmax(byImage), [rows, columns]) as tf.Tensor2D
  const squares = sumOverPositions(tf.mul(weights, tf.matMul(weights, gram)), images)
  return {
    weights,
    inner: tf.matMul(unit, tf.transpose(value)),
    inverseLength: inverseRoot(squares, smallestAligned ** 2) as tf.Tensor2D,
  }
}

/** [rows, images · positions] to [rows, images]. */
function sumOverPositions(tensor: tf.Tensor2D, images: number): tf.Tensor2D {
  const [rows, columns] = tensor.shape
  return tf.sum(tf.reshape(tensor, [rows, images, columns / images]), 2)
}

function sameImage(images: number, positions: number): tf.Tensor2D {
  const image = tf.floorDiv(tf.range(0, images * positions, 1, 'int32'), positions)
  return tf.cast(tf.equal(tf.expandDims(image, 0), tf.expandDims(image, 1)), 'float32') as tf.Tensor2D
}
