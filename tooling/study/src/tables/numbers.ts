import type { Difference } from '../results/result-schema.ts'

/** Of a test that is called significant; not corrected for how many there are. */
const level = 0.05

export const percent = (share: number): string => (share * 100).toFixed(1)

/** Percentage points with their sign. */
export function points(difference: number): string {
  const text = (difference * 100).toFixed(1)
  return Number(text) === 0 ? '0.0' : difference > 0 ? `+${text}` : text
}

/** The mean, and from two seeds on the least and the largest. */
export function overSeeds(values: readonly number[], show: (value: number) => string = percent): string {
  if (values.length === 0) return '–'
  const mean = show(average(values))
  return values.length === 1 ? mean : `${mean} (${show(Math.min(...values))} to ${show(Math.max(...values))})`
}

/** Of one seed the difference with its interval; of several the mean, the extremes, and how many are significant either way. */
export function showDifferences(differences: readonly Difference[]): string {
  if (differences.length === 0) return '–'
  const values = differences.map(({ value }) => value)
  if (differences.length === 1) {
    const [low, high] = differences[0]!.interval.map(points)
    return `${points(values[0]!)} [${low}, ${high}]`
  }
  const { ahead, behind } = tally(differences)
  return `${overSeeds(values, points)}; ${ahead} ahead, ${behind} behind`
}

/** How many are significantly above and below 0. */
export function tally(differences: readonly Difference[]): { readonly ahead: number; readonly behind: number } {
  const significant = differences.filter(({ pValue }) => pValue < level)
  const ahead = significant.filter(({ value }) => value > 0).length
  return { ahead, behind: significant.length - ahead }
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
