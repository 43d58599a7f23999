/** Half a unit in the last place of 1 in float32. */
const roundoff = 2 ** -24
const largest = 2 ** 128 - 2 ** 104
/** What the square of a component may lose where it is too small for float32, subnormal numbers cut off. */
const underflow = 2 ** -126

/**
 * By how much a sum of `dimension` squared differences can be wrong in float32, relatively and absolutely, in whatever order
 * it is summed (Higham, Accuracy and Stability of Numerical Algorithms, 2002, lemma 3.1): three roundings a term, one an
 * addition, a few to spare for a root that is squared again and for the float64 sum it is compared with.
 */
function errorOf(dimension: number): { relative: number; absolute: number } {
  const roundings = (dimension + 8) * roundoff
  return { relative: roundings / (1 - roundings), absolute: dimension * underflow }
}

/** The least squared distance a vector can have that float32 arithmetic puts at `ranked` or, where that is infinite, beyond float32. */
export function leastDistance(ranked: number, dimension: number): number {
  const { relative, absolute } = errorOf(dimension)
  return (Math.min(ranked, largest) - absolute) / (1 + relative)
}

/** The greatest squared distance at which float32 arithmetic can put a vector at `distance` or nearer. */
export function greatestRanked(distance: number, dimension: number): number {
  const { relative, absolute } = errorOf(dimension)
  const greatest = distance * (1 + relative) + absolute
  return greatest < largest ? greatest : Number.POSITIVE_INFINITY
}
