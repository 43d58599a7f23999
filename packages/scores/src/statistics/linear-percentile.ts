/** Position of percentile `p` among `count` sorted values: the order statistics beside it, and how far it is to the upper one. */
export function percentilePosition(p: number, count: number): { lower: number; upper: number; fraction: number } {
  const position = (p / 100) * (count - 1)
  const lower = Math.floor(position)
  return { lower, upper: Math.min(lower + 1, count - 1), fraction: position - lower }
}

/** Percentile `p` in 0..100 of ascending values, interpolated linearly between the two order statistics beside it. */
export function linearPercentile(sorted: Float64Array, p: number): number {
  const { lower, upper, fraction } = percentilePosition(p, sorted.length)
  return sorted[lower]! + fraction * (sorted[upper]! - sorted[lower]!)
}
