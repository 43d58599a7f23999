import type { Interval } from './interval.ts'

/**
 * An interval for the mean of values in 0..1, of which `count` are independent, that covers at least `level` whatever
 * their distribution: all θ with count · KL(mean ‖ θ) ≤ ln(2 / (1 - level)). Wide, but it does not need a variance.
 *
 * W. Hoeffding, JASA 58 (1963): theorem 1, and section 5 for two-sample U-statistics such as AUROC, where `count` is the
 * size of the smaller side.
 */
export function hoeffdingInterval(mean: number, count: number, level: number): Interval {
  const budget = Math.log(2 / (1 - level)) / count
  return [farthest(mean, 0, budget), farthest(mean, 1, budget)]
}

/** The same inequality as a test: a bound on the two-sided p-value of `mean` when the truth is `truth`. */
export function hoeffdingPValue(mean: number, truth: number, count: number): number {
  return Math.min(1, 2 * Math.exp(-count * divergence(mean, truth)))
}

/** The point between `mean` and `end` farthest from `mean` whose divergence is within the budget, by bisection. */
function farthest(mean: number, end: number, budget: number): number {
  let inside = mean
  let outside = end
  for (;;) {
    const middle = (inside + outside) / 2
    if (middle === inside || middle === outside) return inside
    if (divergence(mean, middle) <= budget) inside = middle
    else outside = middle
  }
}

/** KL divergence of Bernoulli(p) from Bernoulli(q). */
function divergence(p: number, q: number): number {
  return relativeEntropy(p, q) + relativeEntropy(1 - p, 1 - q)
}

function relativeEntropy(p: number, q: number): number {
  return p === 0 ? 0 : p * Math.log(p / q)
}
