import type { RankedScore } from './results.ts'

/** The level at which rankings call a deficit significant, after Holm's correction. */
const significanceLevel = 0.05

/** Whether a score is shown to be behind the best of its set. */
export function isBehind({ behind }: RankedScore): boolean {
  return behind !== null && behind.adjustedPValue < significanceLevel
}

/** A p-value for a table: `0.012`, `< 0.001`. */
export function shownPValue(value: number): string {
  return value < 0.001 ? '< 0.001' : value.toFixed(3)
}

/** What the mark of a ranking means, in one sentence. */
export const rankingLegend: string =
  'not significantly behind the best of the set: DeLong’s paired test on the same images, p-values by Holm for all comparisons on it, level 5 %'
