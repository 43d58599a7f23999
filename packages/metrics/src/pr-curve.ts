import { countAtThresholds } from './count-at-thresholds.ts'
import type { Side } from './finite-scores.ts'
import { requireOneOf } from './option-checks.ts'
import { thinStaircase, type CurveOptions } from './thin-staircase.ts'

export interface PrCurveOptions extends CurveOptions {
  /** The side to be retrieved. */
  readonly positive: Side
}

/** Points of a precision-recall curve, recall ascending from 0 to 1; element i of the three arrays belongs together. */
export interface PrCurve {
  readonly recall: Float64Array
  /** Begins with 1 by convention, where nothing is retrieved; ends with the positive side's share of all images. */
  readonly precision: Float64Array
  /** ID positive: score ≥ threshold is retrieved, from Infinity down. OOD positive: score ≤ threshold, from -Infinity up. */
  readonly thresholds: Float64Array
}

/**
 * The precision-recall curve, for plots: a point for every distinct score. `maxPoints` thins it evenly along the ROC
 * curve's length; compute metrics from the scores, not from a thinned curve. O(n log n).
 *
 * @throws InvalidInputError for an empty side, NaN or infinity; InvalidOptionError for an unknown `positive` or `maxPoints`
 *   below 2.
 *
 * @example prCurve([2, 1], [1, 0], { positive: 'id' }) // recall 0 0.5 1 1, precision 1 1 0.667 0.5
 */
export function prCurve(id: ArrayLike<number>, ood: ArrayLike<number>, options: PrCurveOptions): PrCurve {
  requireOneOf('positive', options.positive, ['id', 'ood'])
  const counts = countAtThresholds(id, ood, options.positive)
  const { positives, negatives, positiveTotal, thresholds } = thinStaircase(counts, options.maxPoints)
  const recall = Float64Array.from(positives).map((count) => count / positiveTotal)
  const precision = Float64Array.from(positives).map((count, i) => (i === 0 ? 1 : count / (count + negatives[i]!)))
  return { recall, precision, thresholds }
}
