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
  score: ({ embedding, logits }, { power, threshold }, nodes) =>
    Float64Array.from({ length: embedding.rows }, (_, row) =>
      sumOfEdges(matrixRow(embedding, row), softmax(matrixRow(logits, row)), nodes, power, threshold),
    ),
})

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

function sumOfEdges(query: Float32Array, p: Float64Array, nodes: Nodes, power: number, threshold: number): number {
  const { scales, probabilities, predicted, confidence } = nodes
  const scale = unitScale(query)
  let total = 0
  for (let i = 0; i < predicted.length; i++) {
    // No edge is larger than <p, p_i>, nor that than this.
    const shared = p[predicted[i]!]!
    const most = shared * confidence[i]! + (1 - shared) * (1 - confidence[i]!)
    if (most * slack <= threshold) continue
    const agreement = inner(p, probabilities, i)
    if (agreement * slack <= threshold) continue
    const edge = Math.max(0, inner(query, nodes.vectors.data, i) * scale * scales[i]!) * agreement
    if (edge > threshold) total += power === 1 ? edge : edge ** power
  }
  return total
}

/** Inner product of `a` with row `row` of `b`. */
function inner<T extends Float32Array | Float64Array>(a: T, b: T, row: number): number {
  const start = row * a.length
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[start + i]!
  return sum
}
