import { countBelow } from '../data/count-below.ts'
import { valueAt } from '../data/sorted-scores.ts'

/** A point of a density line: the middle of a bin and the share of the set in it. */
export interface DensityPoint {
  readonly score: number
  readonly share: number
}

/** The scores that a chart spans: all but the outermost hundredth of each set, with a little room. */
export function scoreRange(sets: readonly Float64Array[]): [low: number, high: number] {
  const low = Math.min(...sets.map((sorted) => valueAt(sorted, 0.01)))
  const high = Math.max(...sets.map((sorted) => valueAt(sorted, 0.99)))
  const room = (high - low) * 0.02 || Math.abs(low) * 0.01 || 1
  return [low - room, high + room]
}

/**
 * How a set's scores spread over a range, in `bins` bins of equal width, lightly smoothed (weights 1 2 1).
 *
 * @param sorted ascending.
 */
export function densityOf(sorted: Float64Array, [low, high]: readonly [number, number], bins: number): DensityPoint[] {
  const edge = (i: number) => low + ((high - low) * i) / bins
  const below = Array.from({ length: bins + 1 }, (_, i) => countBelow(sorted, edge(i)))
  const shares = Array.from({ length: bins }, (_, i) => (below[i + 1]! - below[i]!) / sorted.length)
  return shares.map((share, i) => ({
    score: (edge(i) + edge(i + 1)) / 2,
    share: ((shares[i - 1] ?? 0) + 2 * share + (shares[i + 1] ?? 0)) / 4,
  }))
}
