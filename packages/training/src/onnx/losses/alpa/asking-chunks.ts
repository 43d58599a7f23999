import type { Graph } from '@mode-ood/onnx-graph'
import type { Asking, AskingRows } from './attention.ts'

/** Rows [count · positions, dimension] of all images as they ask. */
export interface AskingBatch {
  /** Divided by the root of the dimension. */
  readonly queries: string
  /** Values of unit length. */
  readonly units: string
}

/** The batch in chunks of `extents` rows, as the forward pass wants them. */
export function emitAskingColumns(graph: Graph, batch: AskingBatch, extents: readonly number[]): Asking[] {
  const columns = (tensor: string) => emitSplit(graph, graph.node('Transpose', [tensor], { perm: [1, 0] }), 1, extents)
  return zip(columns(batch.queries), columns(batch.units), extents)
}

/** The batch in chunks of `extents` rows, as the backward pass wants them. */
export function emitAskingRows(graph: Graph, batch: AskingBatch, extents: readonly number[]): AskingRows[] {
  const rows = (tensor: string) => emitSplit(graph, tensor, 0, extents)
  return zip(rows(batch.queries), rows(batch.units), extents)
}

/** Cuts a tensor along an axis. */
export function emitSplit(graph: Graph, tensor: string, axis: number, extents: readonly number[]): string[] {
  return graph.nodeWithOutputs('Split', [tensor, graph.integers(extents)], extents.length, { axis })
}

/**
 * The same numbers, which the runtime cannot know before `later` is known: what is computed from them again is computed then,
 * and not kept from the first time.
 */
export function emitAfter(graph: Graph, batch: AskingBatch, later: string): AskingBatch {
  const total = graph.node('ReduceSum', [later], { keepdims: 0 })
  const nothing = graph.node('Mul', [total, graph.scalar(0)])
  const after = (tensor: string) => graph.node('Add', [tensor, nothing])
  return { queries: after(batch.queries), units: after(batch.units) }
}

function zip(queries: readonly string[], units: readonly string[], extents: readonly number[]): Asking[] {
  return extents.map((rows, i) => ({ rows, queries: queries[i]!, units: units[i]! }))
}
