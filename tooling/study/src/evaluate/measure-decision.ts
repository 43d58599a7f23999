import { auroc, aurocInterval, fprAtTpr, pairedDelong } from '@mode-ood/metrics'
import type { DecisionOnSet, Difference } from '../results/result-schema.ts'
import type { DecisionScores } from './score-decisions.ts'

/** What a decision is held against. */
export interface MeasureOptions {
  readonly knn: DecisionScores
  readonly groups: ReadonlyMap<string, 'near' | 'far'>
}

/** The numbers of a decision on every set, and how far it is ahead of plain k-NN on the same images. */
export function measureDecision(scores: DecisionScores, { knn, groups }: MeasureOptions): DecisionOnSet[] {
  return [...scores.ood].map(([set, ood]) => {
    const [low, high] = aurocInterval(scores.id, ood)
    return {
      set,
      group: groups.get(set)!,
      count: ood.length,
      auroc: auroc(scores.id, ood),
      aurocInterval: [low, high],
      fpr95IdPositive: fprAtTpr(scores.id, ood, { positive: 'id' }),
      overKnn: scores === knn ? none : difference({ id: scores.id, ood }, { id: knn.id, ood: knn.ood.get(set)! }),
    }
  })
}

/** Of a score to itself, which no test can say more about. */
const none: Difference = { value: 0, interval: [0, 0], pValue: 1 }

/** The AUROC of one score minus that of another on the same images, by DeLong's paired test. */
export function difference(...pair: Parameters<typeof pairedDelong>): Difference {
  const { difference: value, interval, pValue } = pairedDelong(...pair)
  return { value, interval: [interval[0], interval[1]], pValue }
}
