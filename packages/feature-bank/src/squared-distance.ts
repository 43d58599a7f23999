/** Components between two looks at the limit: often enough to leave early, rarely enough to cost little. */
const stride = 32

/**
 * Squared L2 distance of `a[aStart..]` and `b[bStart..]` over `dimension` components, in float64. Every engine computes
 * distances here, in one order of summation, so that they agree to the last bit.
 *
 * Once the sum exceeds `limit` it is returned unfinished; it can only grow, so a result ≤ `limit` is the distance.
 */
export function squaredDistance(
  a: Float32Array,
  aStart: number,
  b: Float32Array,
  bStart: number,
  dimension: number,
  limit: number = Number.POSITIVE_INFINITY,
): number {
  const end = aStart + dimension
  const unrolled = end - (dimension % 4)
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let i = aStart
  let j = bStart
  while (i < unrolled) {
    for (const stop = Math.min(i + stride, unrolled); i < stop; i += 4, j += 4) {
      const d0 = a[i]! - b[j]!
      const d1 = a[i + 1]! - b[j + 1]!
      const d2 = a[i + 2]! - b[j + 2]!
      const d3 = a[i + 3]! - b[j + 3]!
      s0 += d0 * d0
      s1 += d1 * d1
      s2 += d2 * d2
      s3 += d3 * d3
    }
    if (s0 + s1 + (s2 + s3) > limit) return s0 + s1 + (s2 + s3)
  }
  for (; i < end; i++, j++) {
    const d = a[i]! - b[j]!
    s0 += d * d
  }
  return s0 + s1 + (s2 + s3)
}
