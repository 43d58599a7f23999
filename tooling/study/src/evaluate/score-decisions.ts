import { auroc } from '@mode-ood/metrics'
import { decide, type Decision, decisions } from './decisions.ts'
import type { Distances } from './view-distances.ts'

/** Scores of every image under one decision, higher = ID. */
export interface DecisionScores {
  readonly id: Float64Array
  readonly ood: ReadonlyMap<string, Float64Array>
}

/** Distances to banks of both kinds. */
export type AllDistances = Readonly<Record<'shared' | 'per-view', Distances>>

/** The scores of every decision by its name; those of knn are given. */
export function scoreDecisions(knn: DecisionScores, distances: AllDistances): Map<string, DecisionScores> {
  const scores = new Map<string, DecisionScores>()
  for (const decision of decisions) {
    if (decision.csd === null) {
      scores.set(decision.name, knn)
      continue
    }
    const { id, ood, scales } = distances[decision.csd.banks ?? 'shared']
    const from = (of: Float64Array) => decide(of, scales, decision)
    scores.set(decision.name, { id: from(id), ood: new Map([...ood].map(([name, of]) => [name, from(of)])) })
  }
  return scores
}

/**
 * How well every decision tells training images from those whose class the bank lacks: what ID data alone say about it, as an AUROC.
 * k-NN is the whole view alone.
 */
export function heldOutAurocs(distances: AllDistances): Map<string, number> {
  return new Map(
    decisions.map((decision) => {
      const own: Decision = decision.csd ? decision : { ...decision, csd: { banks: 'per-view' }, views: [whole] }
      const { training, heldOut, scales } = distances[own.csd!.banks ?? 'shared']
      return [decision.name, auroc(decide(training, scales, own), decide(heldOut, scales, own))]
    }),
  )
}

const whole = 4
