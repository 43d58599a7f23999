import { float, type Graph } from '@mode-ood/onnx-graph'
import type { Tape } from '../tape.ts'

/** Stands in for minus infinity: a difference of two is a number. */
const excluded = -1e30

/** Inner products of rows divided by the temperature: [n, d] and [m, d] to [n, m]. */
export function emitSimilarity(graph: Graph, rows: string, others: string, temperature: number): string {
  return graph.node('Gemm', [rows, others], { transB: 1, alpha: float(1 / temperature) })
}

/** Bool [count, count], true on the diagonal. */
export function emitDiagonal(graph: Graph, count: number): string {
  const index = Int32Array.from({ length: count }, (_, i) => i)
  return graph.node('Equal', [graph.constant(index, [count, 1]), graph.constant(index, [1, count])])
}

/** Square logits with a diagonal that no softmax sees. */
export function emitOthers(graph: Graph, logits: string, diagonal: string): string {
  return graph.node('Where', [diagonal, graph.scalar(excluded), logits])
}

/** Inner products of rows [count, d] with each other divided by the temperature, [count, count], with their gradient. */
export function emitSelfSimilarity(tape: Tape, rows: string, temperature: number): string {
  const { graph } = tape
  const similarity = emitSimilarity(graph, rows, rows, temperature)
  tape.record(similarity, (slope) => {
    const symmetric = graph.node('Add', [slope, graph.node('Transpose', [slope], { perm: [1, 0] })])
    tape.addGradient(rows, graph.node('Mul', [graph.node('MatMul', [symmetric, rows]), graph.scalar(1 / temperature)]))
  })
  return similarity
}
