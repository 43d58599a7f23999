import { pairedDelong } from '@mode-ood/metrics'
import type { LabelledResult } from './scored-images.ts'

type Interval = readonly [low: number, high: number]

/** Which score has the highest mean AUROC over the sets of a group, and how sure that is. */
export interface BestOfGroup {
  readonly group: string
  readonly sets: number
  readonly label: string
  readonly auroc: number
  readonly interval: Interval
  /** The second score; null when there is one only. */
  readonly next: { readonly label: string; readonly difference: number; readonly interval: Interval | null } | null
}

/**
 * The best score on average over the sets of `group` (`all`: over every set), with 95 % intervals of its mean AUROC and of its
 * lead over the second.
 *
 * An interval of a mean goes from the mean of the lower to the mean of the upper ends. Sets share their ID images, so their
 * errors are correlated; a standard deviation of a mean is at most the mean of the standard deviations, so this is never
 * too narrow. The lead's ends are those of DeLong's paired test; null where a side has fewer than two images.
 */
export function bestOfGroup(labelled: readonly LabelledResult[], group: string): BestOfGroup {
  const ranked = labelled.toSorted((a, b) => b.result.averages[group]!.auroc - a.result.averages[group]!.auroc)
  const [best, second] = ranked as [LabelledResult, LabelledResult?]
  const sets = best.result.sets.filter((set) => group === 'all' || set.group === group)
  const auroc = best.result.averages[group]!.auroc
  const found = {
    group,
    sets: sets.length,
    label: best.label,
    auroc,
    interval: meanInterval(sets.map((set) => set.aurocInterval)),
  }
  if (!second) return { ...found, next: null }
  const difference = auroc - second.result.averages[group]!.auroc
  return {
    ...found,
    next: {
      label: second.label,
      difference,
      interval: leadInterval(
        best,
        second,
        sets.map((set) => set.name),
      ),
    },
  }
}

/** The mean of the lower and of the upper ends. */
export function meanInterval(intervals: readonly Interval[]): Interval {
  const mean = (end: 0 | 1) => intervals.reduce((sum, interval) => sum + interval[end], 0) / intervals.length
  return [mean(0), mean(1)]
}

function leadInterval(
  { images: best }: LabelledResult,
  { images: second }: LabelledResult,
  sets: readonly string[],
): Interval | null {
  const pairs = sets.map((name) => [best.ood.get(name)!, second.ood.get(name)!] as const)
  if (best.id.length < 2 || pairs.some(([ood]) => ood.length < 2)) return null
  return meanInterval(
    pairs.map(([first, other]) => pairedDelong({ id: best.id, ood: first }, { id: second.id, ood: other }).interval),
  )
}
