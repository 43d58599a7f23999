import type { Tape } from '../../tape.ts'

/** Linear → ReLU → Linear on rows, without biases; the matrices `NAME.w1` and `NAME.w2` are inputs of the graph. */
export function emitProjection(tape: Tape, rows: string, name: string): string {
  const { graph } = tape
  const [w1, w2] = [`${name}.w1`, `${name}.w2`]
  const hidden = graph.node('Relu', [graph.node('MatMul', [rows, w1])])
  const projected = graph.node('MatMul', [hidden, w2])
  tape.record(projected, (gradient) => {
    const active = graph.node('Greater', [hidden, graph.scalar(0)])
    const ofActive = graph.node('Gemm', [gradient, w2], { transB: 1 })
    const ofHidden = graph.node('Where', [active, ofActive, graph.scalar(0)])
    tape.addGradient(w2, graph.node('Gemm', [hidden, gradient], { transA: 1 }))
    tape.addGradient(w1, graph.node('Gemm', [rows, ofHidden], { transA: 1 }))
    // The product adds to the other projections' contributions while it runs.
    tape.addGradient(rows, (sum) => graph.node('Gemm', [ofHidden, w1, ...(sum ? [sum] : [])], { transB: 1 }))
  })
  return projected
}
