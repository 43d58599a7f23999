import type { AlpaOptions } from '../../loss-options.ts'
import { emitGrid } from './alpa/grid.ts'
import type { AlpaMemory } from './alpa/plan-chunks.ts'
import { emitProjection } from './alpa/projection.ts'
import { emitSpatialSimilarity } from './alpa/spatial-similarity.ts'
import { emitContrast } from './contrast.ts'
import type { LossEmitter, LossTensor } from './loss-emitter.ts'

const roles = ['query', 'key', 'value'] as const

/** The three projections of ALPA, matrices [in, out] as in `createAlpaProjections` of `@mode-ood/alpa`. */
export function alpaTensors(channels: number, dimension: number): readonly LossTensor[] {
  const matrix = (name: string, outputs: number): LossTensor => ({
    name: `alpa.${name}`,
    shape: [channels, outputs],
    initial: { kind: 'uniform' },
    learnt: true,
  })
  return roles.flatMap((role) => [matrix(`${role}.w1`, channels), matrix(`${role}.w2`, dimension)])
}

/** How ALPA is written into a graph, beside what it computes. */
export interface AlpaEmission extends Partial<AlpaMemory> {
  /** λ of a joint loss: multiplies loss and gradients. 1 by default. */
  readonly weight?: number
}

/**
 * Attention-based local propagation (MODE, arXiv 2308.10239): `alpaLoss` of `@mode-ood/alpa` as nodes. Positions of all images
 * ask the positions of every image by attention, and images are alike whose values agree with what they are answered:
 * ```
 * M_ij = mean_r cos(v_i^r, Σ_s softmax_s(q_i^r · k_j^s / √e) v_j^s)      S = M + Mᵀ
 * loss = -(1/N) Σ_i (1/|P(i)|) Σ_{p in P(i)} log softmax_{a≠i}(inverseTemperature · S_ia)_p
 * ```
 * Larger maps are averaged down to `grid` x `grid` positions R first: the time is that of about 12 (N R)² e
 * operations and of the projections, the memory `keptMebibytes` (256) and about eight times `chunkMebibytes` (8).
 */
export function alpaEmitter(options: AlpaOptions, emission: AlpaEmission = {}): LossEmitter {
  const { dimension, inverseTemperature, aggregation, grid } = options
  const { weight = 1, chunkMebibytes = 8, keptMebibytes = 256 } = emission
  return (tape, { count, views, map, labels }) => {
    const { rows, positions } = emitGrid(tape, map, count, grid)
    const [queries, keys, values] = roles.map((role) => emitProjection(tape, rows, `alpa.${role}`)) as [
      string,
      string,
      string,
    ]
    const batch = { count, positions, dimension, memory: { chunkMebibytes, keptMebibytes } }
    const similarity = emitSpatialSimilarity(tape, { queries, keys, values }, batch, aggregation)
    const ofImages = views === 1 ? labels : tape.graph.node('Concat', [labels, labels], { axis: 0 })
    const loss = emitContrast(tape, similarity, { labels: ofImages, count, inverseTemperature, weight })
    return { loss, parts: {} }
  }
}
