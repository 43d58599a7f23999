import {
  createMatrix,
  defineScore,
  InvalidInputError,
  matrixRow,
  type Matrix,
  type ScoreDefinition,
} from '@mode-ood/core'
import * as z from 'zod'
import { argmax } from './argmax.ts'
import { softmax } from './softmax.ts'
import { createRowSample } from './statistics/row-sample.ts'
import { unitScale } from './statistics/unit-scale.ts'

type RelationOptions = {
  power?: number | undefined
  threshold?: number | undefined
  fraction?: number | undefined
  seed?: number | undefined
}

/** Training images as a graph's nodes. */
interface Nodes {
  readonly vectors: Matrix
  /** What makes a vector a unit vector. */
  readonly scales: Float64Array
  /** [nodes, classes] */
  readonly probabilities: Float64Array
  /** The predicted class of every node, and its probability. */
  readonly predicted: Int32Array
  readonly confidence: Float64Array
}

/**
 * Neural relation: the sum of e_i^power over the training images with e_i > threshold, where e_i = max(0, <ẑ, ẑ_i>) · <p, p_i>, an
 * edge between two images that look alike and are taken for the same class.
 *
 * The nodes are a `fraction` of the training images, all by default, chosen by `seed`. Cost: nodes · dimension an image, much less
 * where predictions are sure.
 *
 * Kim et al., "Neural Relation Graph: A Unified Framework for Identifying Label Noise and Outlier Data", NeurIPS 2023.
 */
export const relation: ScoreDefinition<'embedding' | 'logits', RelationOptions> = defineScore({
  name: 'relation',
  needs: ['embedding', 'logits'],
  options: z.object({
    power: z.number().positive().default(1),
    threshold: z.number().nonnegative().default(0.03),
    fraction: z.number().positive().max(1).default(1),
    seed: z.int().default(0),
  }),
  async fit(training, { fraction, seed }) {
    const sample = createRowSample<{ vector: Float32Array; p: Float64Array }>(fraction, 1, seed)
    for await (const { embedding, logits } of training) {
      for (let row = 0; row < embedding.rows; row++) {
        sample.offer(() => ({ vector: matrixRow(embedding, row).slice(), p: softmax(matrixRow(logits, row)) }))
      }
    }
    const items = sample.items()
    if (items.length === 0) {
      throw new InvalidInputError('score "relation" learns from training images, and there are none')
    }
    return toNodes(items)
  },
  score({ embedding, logits }, { power, threshold }, nodes) {
    const totals = new Float64Array(embedding.rows)
    const queries = Array.from(totals, (_, row): Query => {
      const vector = matrixRow(embedding, row)
      return { vector, scale: unitScale(vector), p: softmax(matrixRow(logits, row)) }
    })
    // Block by block, so that the nodes of a block stay near while all images meet them.
    for (let from = 0; from < nodes.predicted.length; from += blockNodes) {
      const to = Math.min(from + blockNodes, nodes.predicted.length)
      for (const [row, query] of queries.entries()) {
        totals[row]! += sumOfEdges(query, nodes, from, to, power, threshold)
      }
    }
    return totals
  },
})

const blockNodes = 1024

/** An image to score. */
interface Query {
  readonly vector: Float32Array
  readonly scale: number
  readonly p: Float64Array
}

function toNodes(items: readonly { vector: Float32Array; p: Float64Array }[]): Nodes {
  const { vector, p } = items[0]!
  const vectors = createMatrix(items.length, vector.length)
  const probabilities = new Float64Array(items.length * p.length)
  for (const [i, item] of items.entries()) {
    vectors.data.set(item.vector, i * vector.length)
    probabilities.set(item.p, i * p.length)
  }
  return {
    vectors,
    scales: Float64Array.from(items, (item) => unitScale(item.vector)),
    probabilities,
    predicted: Int32Array.from(items, (item) => argmax(item.p)),
    confidence: Float64Array.from(items, (item) => Math.max(...item.p)),
  }
}

/** Rounding may lift a cosine of 1, and with it an edge, by as much. */
const slack = 1 + 1e-12

/** Sum over the edges to nodes `from` to `to`. */
function sumOfEdges(
  { vector, scale, p }: Query,
  { vectors, scales, probabilities, predicted, confidence }: Nodes,
  from: number,
  to: number,
  power: number,
  threshold: number,
): number {
  const least = threshold / slack
  let total = 0
  for (let i = from; i < to; i++) {
    // No edge is larger than <p, p_i>, nor that than this.
    const shared = p[predicted[i]!]!
    const most = shared * confidence[i]! + (1 - shared) * (1 - confidence[i]!)
    if (most <= least) continue
    const agreement = agreementWith(p, probabilities, i * p.length)
    if (agreement <= least) continue
    const cosine = productWith(vector, vectors.data, i * vector.length) * scale * scales[i]!
    const edge = Math.max(0, cosine) * agreement
    if (edge > threshold) total += power === 1 ? edge : edge ** power
  }
  return total
}

// Twice the same, so that each loop sees arrays of one type, which makes it several times as fast.

/** <p, p_i>, with p_i from `start` on. */
function agreementWith(p: Float64Array, probabilities: Float64Array, start: number): number {
  let sum = 0
  for (let c = 0; c < p.length; c++) sum += p[c]! * probabilities[start + c]!
  return sum
}

/** <z, z_i>, with z_i from `start` on. */
function productWith(query: Float32Array, vectors: Float32Array, start: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let i = 0
  for (; i + 3 < query.length; i += 4) {
    s0 += query[i]! * vectors[start + i]!
    s1 += query[i + 1]! * vectors[start + i + 1]!
    s2 += query[i + 2]! * vectors[start + i + 2]!
    s3 += query[i + 3]! * vectors[start + i + 3]!
  }
  for (; i < query.length; i++) s0 += query[i]! * vectors[start + i]!
  return s0 + s1 + (s2 + s3)
}
