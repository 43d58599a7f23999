import { binomialTail } from './binomial-tail.ts'

/** What a threshold promises. */
export interface Guarantee {
  /** Share α of new in-distribution images that may be taken for OOD, in (0, 1). */
  readonly falseAlarmRate: number
  /** Chance 1-δ, in (0, 1), that the share of false alarms at this very threshold is at most α; null: it is so on average only. */
  readonly confidence: number | null
}

/**
 * The place m of the threshold among `count` ascending calibration scores; an image is OOD when its score is below the m-th smallest.
 * 0 where there are too few scores for any threshold.
 *
 * On average over calibration sets: m = ⌊α(n+1)⌋. With confidence 1-δ: the share of false alarms of the m-th smallest is
 * Beta(m, n-m+1)-distributed, at most α with the chance P(Binomial(n, α) ≥ m); m is the largest for which that is at least 1-δ.
 *
 * Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005; Vovk, "Conditional validity of inductive conformal
 * predictors", ACML 2012.
 */
export function conformalRank(count: number, { falseAlarmRate, confidence }: Guarantee): number {
  if (confidence === null) return wholePart(falseAlarmRate * (count + 1))
  const delta = 1 - confidence
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (isBelieved(middle, count, falseAlarmRate, delta)) low = middle
    else high = middle - 1
  }
  return low
}

/** The least number of calibration scores that any threshold can be had from. */
export function leastCalibration({ falseAlarmRate, confidence }: Guarantee): number {
  const estimate = confidence === null ? 1 / falseAlarmRate - 1 : Math.log(1 - confidence) / Math.log1p(-falseAlarmRate)
  // Rounding may put the estimate to either side of a whole number.
  let count = Math.max(1, Math.floor(estimate) - 1)
  while (conformalRank(count, { falseAlarmRate, confidence }) < 1) count++
  return count
}

/** Whether P(Binomial(n, α) ≥ m) ≥ 1-δ; rounding of 1 - confidence is not held against it. */
function isBelieved(rank: number, count: number, rate: number, delta: number): boolean {
  return binomialTail(rank - 1, count, rate) <= delta * (1 + 1e-12)
}

/** ⌊x⌋, where 0.29 · 100 counts as 29 though float64 puts it below. */
function wholePart(x: number): number {
  const nearest = Math.round(x)
  return Math.abs(x - nearest) <= 1e-12 * Math.max(1, nearest) ? nearest : Math.floor(x)
}
