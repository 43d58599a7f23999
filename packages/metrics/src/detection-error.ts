import { countAtThresholds } from './count-at-thresholds.ts'
import { requireOneOf } from './option-checks.ts'

export interface DetectionErrorOptions {
  /** `counts` (default) weighs every image alike, `equal` weighs the two sides alike whatever their sizes. */
  readonly prior?: 'counts' | 'equal'
}

/**
 * The smallest error any threshold reaches, 0..1: (missed ID + accepted OOD) / (all images), or with equal priors
 * ½ (share of ID missed + share of OOD accepted), which 0.5 bounds.
 *
 * The threshold is the best in hindsight: a lower bound on the error of a deployed detector, not an estimate of it.
 * Accepting everything and nothing are among the thresholds, so `counts` never exceeds the smaller side's share.
 * O(n log n).
 *
 * @throws InvalidInputError for an empty side, NaN or infinity; InvalidOptionError for an unknown prior.
 *
 * @example detectionError([3, 2, 1], [1.5, 0]) // 0.2: one of five images is wrong at best
 */
export function detectionError(
  id: ArrayLike<number>,
  ood: ArrayLike<number>,
  options: DetectionErrorOptions = {},
): number {
  const { prior = 'counts' } = options
  requireOneOf('prior', prior, ['counts', 'equal'])
  const { positives, negatives, positiveTotal, negativeTotal } = countAtThresholds(id, ood, 'id')
  const total = positiveTotal + negativeTotal
  const idWeight = prior === 'counts' ? 1 / total : 0.5 / positiveTotal
  const oodWeight = prior === 'counts' ? 1 / total : 0.5 / negativeTotal
  let least = Infinity
  for (let i = 0; i < positives.length; i++) {
    least = Math.min(least, (positiveTotal - positives[i]!) * idWeight + negatives[i]! * oodWeight)
  }
  return least
}
