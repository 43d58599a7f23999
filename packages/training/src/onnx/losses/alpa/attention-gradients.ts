import type { Tape } from '../../tape.ts'
import type { Answers, AskingRows, Attention } from './attention.ts'

/** What a chunk leaves for the sums over all chunks. */
export interface ChunkGradients {
  /** [rows, dimension] */
  readonly queries: string
  /** [rows, dimension] */
  readonly units: string
  /** Of the values' inner products, [count, positions, positions]. */
  readonly gram: string
}

/**
 * The closed-form gradient of a chunk's cosines, given g [count, 1, rows]; those of keys and values go to the tape:
 * ```
 * P2 = w g/|a|   P1 = P2 (D - h cos/|a|)
 * dq = P1ᵀ k   dk = P1 q   du = P2ᵀ v   dv = P2 u   dG = -½ Σ (g cos/|a|²) w wᵀ
 * ```
 * The softmax's own normaliser has no part in it, for P1 sums to zero over an answer's positions.
 */
export function emitAttentionGradients(
  tape: Tape,
  answers: Answers,
  asking: AskingRows,
  attention: Attention,
  gradient: string,
): ChunkGradients {
  const { graph } = tape
  const { count, positions, keys, values } = answers
  const { weights, products, aligned, inverseNorms, cosines } = attention
  const node = (operation: string, ...inputs: string[]) => graph.node(operation, inputs)
  const flat = (tensor: string) => node('Reshape', tensor, graph.integers([count * positions, asking.rows]))

  const pull = node('Mul', gradient, inverseNorms)
  const fit = node('Mul', cosines, inverseNorms)
  const pulled = node('Mul', weights, pull)
  const ofLogits = flat(node('Mul', pulled, node('Sub', products, node('Mul', aligned, fit))))
  const ofProducts = flat(pulled)
  const add = (tensor: string, left: string, right: string) =>
    tape.addGradient(tensor, (sum) => node('Gemm', left, right, ...(sum ? [sum] : [])))
  add(keys, ofLogits, asking.queries)
  add(values, ofProducts, asking.units)
  const transposed = graph.node('Transpose', [weights], { perm: [0, 2, 1] })
  return {
    queries: graph.node('Gemm', [ofLogits, keys], { transA: 1 }),
    units: graph.node('Gemm', [ofProducts, values], { transA: 1 }),
    gram: node('MatMul', node('Mul', weights, node('Mul', node('Mul', pull, fit), graph.scalar(-0.5))), transposed),
  }
}
