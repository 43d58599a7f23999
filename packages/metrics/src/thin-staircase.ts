import type { ThresholdCounts } from './count-at-thresholds.ts'
import { requireIntegerFrom } from './option-checks.ts'

export interface CurveOptions {
  /** Most points to return, at least 2; default all: one per distinct score and one more. */
  readonly maxPoints?: number
}

/**
 * Indices of at most `maxPoints` entries, first and last included, evenly spread over true positive rate + false positive
 * rate; so no stretch of the curve left out is longer than 2 / (maxPoints - 1) in either rate.
 */
export function thinStaircase(counts: ThresholdCounts, maxPoints: number = Infinity): Uint32Array {
  if (maxPoints !== Infinity) requireIntegerFrom(2, 'maxPoints', maxPoints)
  const size = counts.thresholds.length
  if (size <= maxPoints) return Uint32Array.from({ length: size }, (_, i) => i)
  const { positives, negatives, positiveTotal, negativeTotal } = counts
  const kept = [0]
  let next = 1
  for (let i = 1; i < size - 1; i++) {
    const travelled = ((positives[i]! / positiveTotal + negatives[i]! / negativeTotal) / 2) * (maxPoints - 1)
    if (travelled < next) continue
    kept.push(i)
    next = Math.floor(travelled) + 1
  }
  kept.push(size - 1)
  return Uint32Array.from(kept)
}
