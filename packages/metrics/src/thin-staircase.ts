import type { ThresholdCounts } from './count-at-thresholds.ts'
import { requireIntegerFrom } from './option-checks.ts'

export interface CurveOptions {
  /** Most points to return, at least 2; default all: one per distinct score and one more. */
  readonly maxPoints?: number
}

/**
 * At most `maxPoints` entries, first and last included, evenly spread over true positive rate + false positive rate; so no
 * stretch of the curve left out is longer than 2 / (maxPoints - 1) in either rate.
 */
export function thinStaircase(counts: ThresholdCounts, maxPoints: number = Infinity): ThresholdCounts {
  if (maxPoints !== Infinity) requireIntegerFrom(2, 'maxPoints', maxPoints)
  const { thresholds, positives, negatives, positiveTotal, negativeTotal } = counts
  const last = thresholds.length - 1
  if (last < maxPoints) return counts
  const kept = [0]
  let next = 1
  for (let i = 1; i < last; i++) {
    const travelled = ((positives[i]! / positiveTotal + negatives[i]! / negativeTotal) / 2) * (maxPoints - 1)
    if (travelled < next) continue
    kept.push(i)
    next = Math.floor(travelled) + 1
  }
  kept.push(last)
  return {
    thresholds: Float64Array.from(kept, (i) => thresholds[i]!),
    positives: Uint32Array.from(kept, (i) => positives[i]!),
    negatives: Uint32Array.from(kept, (i) => negatives[i]!),
    positiveTotal,
    negativeTotal,
  }
}
