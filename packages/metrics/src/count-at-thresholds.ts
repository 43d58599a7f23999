import { finiteScores, type Side } from './finite-scores.ts'

/**
 * The staircase every threshold metric walks: entry i counts the images at least as positive-looking as `thresholds[i]`.
 * Entry 0 accepts nothing; the last accepts everything.
 */
export interface ThresholdCounts {
  /** ±Infinity, then every distinct score, from the most to the least positive-looking. */
  readonly thresholds: Float64Array
  readonly positives: Uint32Array
  readonly negatives: Uint32Array
  readonly positiveTotal: number
  readonly negativeTotal: number
}

/**
 * Sorts both sides and counts them at every distinct score; equal scores share one entry, so no order among ties exists.
 * With `ood` positive a low score is the positive-looking one. O(n log n).
 *
 * @throws InvalidInputError as `finiteScores`.
 */
export function countAtThresholds(id: ArrayLike<number>, ood: ArrayLike<number>, positive: Side): ThresholdCounts {
  const sign = positive === 'id' ? 1 : -1
  const sorted = { id: finiteScores(id, 'id', sign).sort(), ood: finiteScores(ood, 'ood', sign).sort() }
  const positiveScores = sorted[positive]
  const negativeScores = sorted[positive === 'id' ? 'ood' : 'id']
  let positivesLeft = positiveScores.length
  let negativesLeft = negativeScores.length
  const capacity = positivesLeft + negativesLeft + 1
  const thresholds = new Float64Array(capacity)
  const positives = new Uint32Array(capacity)
  const negatives = new Uint32Array(capacity)
  thresholds[0] = sign * Infinity
  let size = 1
  while (positivesLeft + negativesLeft > 0) {
    const threshold = Math.max(
      positiveScores[positivesLeft - 1] ?? -Infinity,
      negativeScores[negativesLeft - 1] ?? -Infinity,
    )
    while (positiveScores[positivesLeft - 1] === threshold) positivesLeft--
    while (negativeScores[negativesLeft - 1] === threshold) negativesLeft--
    thresholds[size] = sign * threshold + 0
    positives[size] = positiveScores.length - positivesLeft
    negatives[size] = negativeScores.length - negativesLeft
    size++
  }
  return {
    thresholds: thresholds.subarray(0, size),
    positives: positives.subarray(0, size),
    negatives: negatives.subarray(0, size),
    positiveTotal: positiveScores.length,
    negativeTotal: negativeScores.length,
  }
}
