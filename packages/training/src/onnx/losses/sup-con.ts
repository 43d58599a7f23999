import type { SupConOptions } from '../../loss-options.ts'
import type { LossEmitter } from './loss-emitter.ts'
import { emitPositiveWeights } from './positive-weights.ts'
import { projectedBatch } from './projected-batch.ts'
import { emitDiagonal, emitOthers, emitSelfSimilarityGradient, emitSimilarity } from './similarity.ts'

/**
 * Supervised contrastive loss (Khosla et al., NeurIPS 2020) on the projected vectors of two views an image, so that every
 * anchor has a positive: `supConLoss` of `@mode-ood/losses` as nodes.
 * ```
 * loss = -(t / base) (1/N) Σ_ip w_ip log softmax_{a≠i}(z_i·z_a / t)_p      w_ip = 1/|P(i)| for positives p of i
 * dz   = (A + Aᵀ) z / base / N,  A = softmax - w
 * ```
 */
export function supConEmitter({ temperature, baseTemperature }: Omit<SupConOptions, 'projection'>): LossEmitter {
  return (tape, inputs) => {
    const { graph } = tape
    const { count } = inputs
    const node = (operation: string, ...names: string[]) => graph.node(operation, names)
    const { vectors, labels } = projectedBatch(graph, inputs)
    const diagonal = emitDiagonal(graph, count)
    const others = emitOthers(graph, emitSimilarity(graph, vectors, vectors, temperature), diagonal)
    const logProbabilities = graph.node('LogSoftmax', [others], { axis: 1 })

    const { weights } = emitPositiveWeights(graph, labels, diagonal, count)
    const slope = node('Sub', node('Exp', logProbabilities), weights)
    tape.addGradient(vectors, emitSelfSimilarityGradient(graph, slope, vectors, 1 / (baseTemperature * count)))
    const total = graph.node('ReduceSum', [node('Mul', weights, logProbabilities)], { keepdims: 0 })
    return { loss: node('Mul', total, graph.scalar(-temperature / (baseTemperature * count))), parts: {} }
  }
}
