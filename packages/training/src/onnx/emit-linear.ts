import type { BackboneSpec } from '@mode-ood/backbones'
import type { Tape } from './tape.ts'

/**
 * A linear layer on rows: input [count, in], `weight` [out, in] and `bias` [out] as PyTorch has them, both with gradients.
 */
export function emitLinear(tape: Tape, input: string, weight: string, bias: string): string {
  const { graph } = tape
  const output = graph.node('Gemm', [input, weight, bias], { transB: 1 })
  tape.record(output, (gradient) => {
    tape.addGradient(weight, graph.node('Gemm', [gradient, input], { transA: 1 }))
    tape.addGradient(bias, graph.node('ReduceSum', [gradient, graph.integers([0])], { keepdims: 0 }))
    tape.addGradient(input, graph.node('MatMul', [gradient, weight]))
  })
  return output
}

/** The logits of an embedding [count, dimension]. */
export function emitClassifier(tape: Tape, { headName }: BackboneSpec, embedding: string): string {
  return emitLinear(tape, embedding, `${headName}.weight`, `${headName}.bias`)
}
