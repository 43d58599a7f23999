import { countAtThresholds } from './count-at-thresholds.ts'
import { thinStaircase, type CurveOptions } from './thin-staircase.ts'

/** Points of a ROC curve with ID positive, from (0, 0) to (1, 1); element i of the three arrays belongs together. */
export interface RocCurve {
  /** Share of OOD images with score ≥ threshold. */
  readonly fpr: Float64Array
  /** Share of ID images with score ≥ threshold. */
  readonly tpr: Float64Array
  /** Descending, from Infinity to the lowest score. */
  readonly thresholds: Float64Array
}

/**
 * The ROC curve with ID positive, for plots: a point for every distinct score, joined by straight lines (a tie is a slope).
 * `maxPoints` thins it evenly along its length; compute metrics from the scores, not from a thinned curve. With OOD
 * positive the curve is this one mirrored: (1 - tpr, 1 - fpr). O(n log n).
 *
 * @throws InvalidInputError for an empty side, NaN or infinity; InvalidOptionError for `maxPoints` below 2.
 *
 * @example rocCurve([2, 1], [1, 0]) // fpr 0 0 0.5 1, tpr 0 0.5 1 1
 */
export function rocCurve(id: ArrayLike<number>, ood: ArrayLike<number>, options: CurveOptions = {}): RocCurve {
  const counts = countAtThresholds(id, ood, 'id')
  const { positives, negatives, positiveTotal, negativeTotal, thresholds } = thinStaircase(counts, options.maxPoints)
  return {
    fpr: Float64Array.from(negatives).map((count) => count / negativeTotal),
    tpr: Float64Array.from(positives).map((count) => count / positiveTotal),
    thresholds,
  }
}
