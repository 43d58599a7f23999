import type { SupConOptions } from '../../loss-options.ts'
import { emitContrast } from './contrast.ts'
import type { LossEmitter } from './loss-emitter.ts'
import { projectedBatch } from './projected-batch.ts'
import { emitSelfSimilarity } from './similarity.ts'

/**
 * Supervised contrastive loss (Khosla et al., NeurIPS 2020) on the projected vectors: `supConLoss` of `@mode-ood/losses` as
 * nodes.
 * ```
 * loss = -(t / base) (1/N) Σ_i (1/|P(i)|) Σ_{p in P(i)} log softmax_{a≠i}(z_i·z_a / t)_p
 * ```
 */
export function supConEmitter({ temperature, baseTemperature }: Omit<SupConOptions, 'projection'>): LossEmitter {
  return (tape, inputs) => {
    const { vectors, labels } = projectedBatch(tape.graph, inputs)
    const similarity = emitSelfSimilarity(tape, vectors, temperature)
    const weight = temperature / baseTemperature
    const loss = emitContrast(tape, similarity, { labels, count: inputs.count, inverseTemperature: 1, weight })
    return { loss, parts: {} }
  }
}
