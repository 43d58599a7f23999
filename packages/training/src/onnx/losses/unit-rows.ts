import type { Graph } from '@mode-ood/onnx-graph'

/** Norms below it count as this: a zero vector stays one. */
const smallestNorm = 1e-12

/** Rows divided by their L2 norms, and the norms with the last extent 1. */
export function emitUnitRows(graph: Graph, rows: string): { unit: string; norms: string } {
  const lengths = graph.node('ReduceL2', [rows, graph.integers([-1])], { keepdims: 1 })
  const norms = graph.node('Max', [lengths, graph.scalar(smallestNorm)])
  return { unit: graph.node('Div', [rows, norms]), norms }
}

/** The gradient of rows from that of their unit vectors: what lies across the direction, divided by the norm. */
export function emitUnitRowsGradient(graph: Graph, gradient: string, unit: string, norms: string): string {
  const product = graph.node('Mul', [gradient, unit])
  const along = graph.node('ReduceSum', [product, graph.integers([-1])], { keepdims: 1 })
  return graph.node('Div', [graph.node('Sub', [gradient, graph.node('Mul', [unit, along])]), norms])
}
