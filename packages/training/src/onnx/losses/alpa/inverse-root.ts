import type { Graph } from '@mode-ood/onnx-graph'

/** 1/sqrt(x), and 0 where x does not exceed `floor`: dividing by the norm of a zero vector is to give 0, gradient included. */
export function emitInverseRoot(graph: Graph, squares: string, floor: number): string {
  const node = (operation: string, ...inputs: string[]) => graph.node(operation, inputs)
  const isAbove = node('Greater', squares, graph.scalar(floor))
  const root = node('Sqrt', node('Where', isAbove, squares, graph.scalar(1)))
  return node('Where', isAbove, node('Reciprocal', root), graph.scalar(0))
}
