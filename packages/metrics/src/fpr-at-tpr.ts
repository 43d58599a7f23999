import { InvalidOptionError } from '@mode-ood/core'
import { countAtThresholds } from './count-at-thresholds.ts'
import { finiteScores, type Side } from './finite-scores.ts'
import { requireOneOf, requireTpr } from './option-checks.ts'

export interface FprAtTprOptions {
  /** The side that `tpr` is about. The two conventions give different numbers: name the one you report. */
  readonly positive: Side
  /** Share of the positive side that must be kept or caught, above 0 and up to 1; default 0.95. */
  readonly tpr?: number
  /** `roc` (default), or `paper`: what the released code of KNN-OOD and MODE computes, with `positive: 'id'` only. */
  readonly rule?: 'roc' | 'paper'
}

/**
 * False positive rate at a true positive rate, 0..1; FPR@95 by default, lower is better.
 *
 * - `positive: 'id'`: share of OOD images accepted at the largest threshold that keeps at least `tpr` of the ID images
 *   (accept: score ≥ threshold). Used by KNN-OOD, CIDER, PALM, MODE.
 * - `positive: 'ood'`: share of ID images rejected at the smallest threshold that catches at least `tpr` of the OOD images
 *   (reject: score ≤ threshold). Used by OpenOOD and pytorch-ood; scikit-learn's fpr at the first tpr ≥ 0.95.
 * - `rule: 'paper'`: threshold = the ID score at index round(0.05 n) in ascending order, halves to the even index, and
 *   accept: score > threshold. Constant scores give 0, which reads as perfect: use it to compare with printed tables only.
 *
 * No interpolation between thresholds; equal scores fall on one side together. O(n log n).
 *
 * @throws InvalidInputError for an empty side, NaN or infinity; InvalidOptionError for an option out of range or the rule
 *   `paper` with OOD positive.
 *
 * @example fprAtTpr([4, 3, 2, 1], [2.5, 0], { positive: 'id', tpr: 0.75 }) // 0.5: threshold 2
 */
export function fprAtTpr(id: ArrayLike<number>, ood: ArrayLike<number>, options: FprAtTprOptions): number {
  const { positive, tpr = 0.95, rule = 'roc' } = options
  requireOneOf('positive', positive, ['id', 'ood'])
  requireOneOf('rule', rule, ['roc', 'paper'])
  requireTpr(tpr)
  if (rule === 'paper') {
    if (positive === 'id') return paperFpr(id, ood, tpr)
    throw new InvalidOptionError(`option "rule" is paper with OOD positive, expected positive: 'id' or rule: 'roc'`)
  }
  const { positives, negatives, positiveTotal, negativeTotal } = countAtThresholds(id, ood, positive)
  const first = positives.findIndex((count) => count / positiveTotal >= tpr)
  return negatives[first]! / negativeTotal
}

function paperFpr(id: ArrayLike<number>, ood: ArrayLike<number>, tpr: number): number {
  const sortedId = finiteScores(id, 'id').sort()
  // 1 - 0.95 is 0.050000000000000044, which would turn the halves at 10, 30, 50, … images into roundings up.
  const missed = Math.round((1 - tpr) * 1e12) / 1e12
  const index = Math.min(roundHalfToEven(missed * sortedId.length), sortedId.length - 1)
  const threshold = sortedId[index]!
  let accepted = 0
  for (const score of finiteScores(ood, 'ood')) if (score > threshold) accepted++
  return accepted / ood.length
}

/** As Python's `round`. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor === 0.5) return floor + (floor % 2)
  return Math.round(value)
}
