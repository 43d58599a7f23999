import type { LabelledResult } from '@mode-ood/report'
import { countBelow } from './count-below.ts'

/** Every score's numbers in ascending order, sorted when they are first asked for. */
export interface SortedScores {
  /** Of one set, by the label of the score; `null` means the ID test images. */
  of(label: string, set: string | null): Float64Array
}

export function createSortedScores(scores: readonly LabelledResult[]): SortedScores {
  const done = new Map<string, Float64Array>()
  const byLabel = new Map(scores.map((score) => [score.label, score.images]))
  return {
    of(label, set) {
      const key = JSON.stringify([label, set])
      const known = done.get(key)
      if (known) return known
      const images = byLabel.get(label)!
      const sorted = (set === null ? images.id : images.ood.get(set)!).slice().sort()
      done.set(key, sorted)
      return sorted
    },
  }
}

/** Share of values below `value`, 0..1; 0 of none. */
export function shareBelow(sorted: Float64Array, value: number): number {
  return sorted.length === 0 ? 0 : countBelow(sorted, value) / sorted.length
}

/** The value at a share 0..1 of ascending values, the nearest one. */
export function valueAt(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))]!
}
