import { countAtThresholds } from './count-at-thresholds.ts'
import type { Side } from './finite-scores.ts'
import { requireOneOf } from './option-checks.ts'

export interface AuprOptions {
  /** The side to be retrieved: `id` gives AUPR-ID (AUPR-in), `ood` gives AUPR-OOD (AUPR-out). */
  readonly positive: Side
  /**
   * `trapezoid` (default) joins the points of distinct thresholds by lines, as OpenOOD and pytorch-ood do: scikit-learn's
   * `auc(recall, precision)` of `precision_recall_curve`. `step` is average precision, which does not interpolate.
   */
  readonly interpolation?: 'trapezoid' | 'step'
}

/**
 * Area under the precision-recall curve, 0..1, with one side positive. Chance is the positive side's share of all images,
 * so values are comparable only between sets of the same two sizes.
 *
 * Equal scores enter together; the curve starts at recall 0 with precision 1, which flatters the trapezoid when the best
 * score is shared by many images (constant scores of equally large sides: trapezoid 0.75, step 0.5). O(n log n).
 *
 * @throws InvalidInputError for an empty side, NaN or infinity; InvalidOptionError for an unknown option value.
 *
 * @example aupr([0.9, 0.8, 0.4], [0.5, 0.1], { positive: 'id', interpolation: 'step' }) // 0.9167
 */
export function aupr(id: ArrayLike<number>, ood: ArrayLike<number>, options: AuprOptions): number {
  const { positive, interpolation = 'trapezoid' } = options
  requireOneOf('positive', positive, ['id', 'ood'])
  requireOneOf('interpolation', interpolation, ['trapezoid', 'step'])
  const { positives, negatives, positiveTotal } = countAtThresholds(id, ood, positive)
  let area = 0
  let previous = 1
  for (let i = 1; i < positives.length; i++) {
    const precision = positives[i]! / (positives[i]! + negatives[i]!)
    const height = interpolation === 'step' ? precision : (precision + previous) / 2
    area += (positives[i]! - positives[i - 1]!) * height
    previous = precision
  }
  return area / positiveTotal
}
