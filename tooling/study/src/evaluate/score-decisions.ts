import { decide, decisions } from './decisions.ts'
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
