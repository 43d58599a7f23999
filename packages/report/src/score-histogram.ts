/** Bins over the scores of both sides; bin i covers positions i to i + 1. */
export const bins = 48

/** Share of the images that lies beyond each end of the axis at most; those are counted in the outermost bins. */
const beyond = 0.002

export interface ScoreHistogram {
  /** Share of the ID images in each bin. */
  readonly id: Float64Array
  readonly ood: Float64Array
  /** Round scores and where they stand, in bins. */
  readonly ticks: readonly { readonly position: number; readonly text: string }[]
}

/**
 * Shares of both sides in common bins. A few outliers would press all else into one bin, so the axis ends where 0.2 % of
 * either side lie beyond. Positions are in bins, so that scores of any size can be drawn. Constant scores fill the middle bin.
 */
export function scoreHistogram(id: Float64Array, ood: Float64Array): ScoreHistogram {
  const ends = [id, ood].map((scores) => {
    const sorted = scores.toSorted()
    const cut = Math.floor(beyond * sorted.length)
    return [sorted[cut]!, sorted[sorted.length - 1 - cut]!] as const
  })
  const low = Math.min(...ends.map(([end]) => end))
  const high = Math.max(...ends.map(([, end]) => end))
  const width = high - low
  // The difference of two finite scores may be infinite; that of their halves is not.
  const [scale, span] = Number.isFinite(width) ? [1, width] : [0.5, high / 2 - low / 2]
  const position = (score: number) => (span > 0 ? (score * scale - low * scale) / span : 0.5) * bins
  const ticks = roundValues(low, high, width).map((value) => ({ position: position(value), text: shortNumber(value) }))
  return { id: shares(id, position), ood: shares(ood, position), ticks }
}

function shares(scores: Float64Array, position: (score: number) => number): Float64Array {
  const found = new Float64Array(bins)
  for (const score of scores) found[Math.max(0, Math.min(bins - 1, Math.floor(position(score))))]!++
  return found.map((count) => count / scores.length)
}

/** Two to five round values from low to high; the ends themselves where floating point has nothing round between them. */
function roundValues(low: number, high: number, width: number): number[] {
  if (high === low) return [low]
  if (!Number.isFinite(width) || width < 1e-9 * Math.max(Math.abs(low), Math.abs(high)) || width < 1e-300) {
    return [low, high]
  }
  const power = 10 ** Math.floor(Math.log10(width))
  const step = [2, 1, 0.5, 0.25].map((part) => part * power).find((size) => width / size >= 2.5) ?? power / 4
  const first = Math.ceil(low / step)
  const last = Math.floor(high / step)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(6)))
}

function shortNumber(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(1).replace('.0e', 'e').replace('-', '−')
  return String(Number(value.toPrecision(4))).replace('-', '−')
}
