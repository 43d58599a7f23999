import type { Graph } from '@mode-ood/onnx-graph'
import { emitInverseRoot } from './inverse-root.ts'

/** Below it, the square of a norm is that of a zero vector. */
const smallestSquare = 1e-16

/** The whole batch as it answers. */
export interface Answers {
  readonly count: number
  readonly positions: number
  /** [count · positions, dimension] */
  readonly keys: string
  /** [count · positions, dimension] */
  readonly values: string
  /** Inner products of every image's values with each other, [count, positions, positions]. */
  readonly gram: string
}

/** A chunk of images as they ask: columns are the `rows` positions of its images. */
export interface Asking {
  readonly rows: number
  /** Divided by the root of the dimension, [dimension, rows]. */
  readonly queries: string
  /** Values of unit length, [dimension, rows]. */
  readonly units: string
}

/** The same by rows, [rows, dimension]. */
export type AskingRows = Asking

/** What a chunk got as answers; with a Σ over positions s of an answering image, a its aligned value Σ w v. */
export interface Attention {
  /** w = exp(z - max_s z), [count, positions, rows]: cosines do not need them to add up to 1. */
  readonly weights: string
  /** D = v · u for the unit value u of who asks, [count, positions, rows]. */
  readonly products: string
  /** h = v · a, [count, positions, rows]. */
  readonly aligned: string
  /** 1/|a|, 0 where a is zero, [count, 1, rows]. */
  readonly inverseNorms: string
  /** cos(u, a), [count, 1, rows]. */
  readonly cosines: string
}

/**
 * Every position of a chunk asks every image. The aligned values themselves, [count, rows, dimension], are never made: w·D is
 * their product with u, and w·h their squared norm.
 */
export function emitAttention(graph: Graph, answers: Answers, asking: Asking): Attention {
  const { count, positions, keys, values, gram } = answers
  const node = (operation: string, ...inputs: string[]) => graph.node(operation, inputs)
  const byImage = (tensor: string) => node('Reshape', tensor, graph.integers([count, positions, asking.rows]))
  const overPositions = (operation: string, tensor: string) =>
    graph.node(operation, [tensor, graph.integers([1])], { keepdims: 1 })

  const logits = byImage(node('MatMul', keys, asking.queries))
  const weights = node('Exp', node('Sub', logits, overPositions('ReduceMax', logits)))
  const products = byImage(node('MatMul', values, asking.units))
  const aligned = node('MatMul', gram, weights)
  const squares = overPositions('ReduceSum', node('Mul', weights, aligned))
  const inverseNorms = emitInverseRoot(graph, squares, smallestSquare)
  const numerators = overPositions('ReduceSum', node('Mul', weights, products))
  return { weights, products, aligned, inverseNorms, cosines: node('Mul', numerators, inverseNorms) }
}
