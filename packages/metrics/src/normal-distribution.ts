/**
 * P(Z > z) of the standard normal for z ≥ 0, to about 1e-13 relative far into the tail, where 1 - cdf would be 0.
 */
export function normalUpperTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z > 3) {
    // Laplace's continued fraction z + 1/(z + 2/(z + 3/…)), from the back.
    let fraction = z
    for (let n = 200; n > 0; n--) fraction = z + n / fraction
    return density / fraction
  }
  // ½ - density · (z + z³/3 + z⁵/(3·5) + …): all terms positive.
  let sum = 0
  let term = z
  for (let n = 3; term > sum * 1e-17; n += 2) {
    sum += term
    term *= (z * z) / n
  }
  return 0.5 - density * sum
}

/** The z ≥ 0 with P(|Z| ≤ z) = level, for 0 < level < 1: 1.96 for 0.95. */
export function normalCriticalValue(level: number): number {
  const tail = (1 - level) / 2
  let low = 0
  let high = 40
  for (;;) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) return middle
    if (normalUpperTail(middle) > tail) low = middle
    else high = middle
  }
}
