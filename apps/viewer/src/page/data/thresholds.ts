/**
 * The largest threshold at which at least `share` of the ID images are kept (score ≥ threshold).
 *
 * @param sorted ID scores, ascending, not empty.
 */
export function thresholdKeeping(sorted: Float64Array, share: number): number {
  // 0.95 · 20 is 19, not a little more: the slack is far below one image.
  const mustStay = Math.ceil(share * sorted.length - 1e-9)
  return sorted[Math.max(0, sorted.length - Math.max(1, mustStay))]!
}

/**
 * The threshold of a conformal test of level `alpha`: a new ID image falls below it with a probability of at most alpha,
 * whatever the distribution of the scores. An image is rejected when its p-value (1 + #{ID score ≤ its score}) / (n + 1) is at
 * most alpha, which is: when it is below the floor(alpha (n + 1))-th smallest ID score. -Infinity, so that nothing is rejected,
 * where the images are too few for alpha.
 *
 * Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005.
 */
export function conformalThreshold(sorted: Float64Array, alpha: number): number {
  const rank = Math.floor(alpha * (sorted.length + 1) + 1e-9)
  return rank < 1 ? -Infinity : sorted[Math.min(rank, sorted.length) - 1]!
}
