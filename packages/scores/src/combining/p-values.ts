/**
 * Conformal p-values of scores: (1 + #{calibration scores ≤ s}) / (n + 1), in (0, 1]. Of in-distribution images like those of the
 * calibration at most a share p has a p-value ≤ p.
 *
 * @param calibration ascending
 */
export function pValues(calibration: Float64Array, scores: Float64Array): Float64Array {
  return scores.map((score) => (1 + countUpTo(calibration, score)) / (calibration.length + 1))
}

/** How many of the ascending values are at most `limit`, by bisection. */
function countUpTo(ascending: Float64Array, limit: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}
