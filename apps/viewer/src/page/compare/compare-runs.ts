import { pairedDelong } from '@mode-ood/metrics'
import type { SetResult } from '@mode-ood/report'
import type { Run } from '../data/load-run.ts'

/** How one score does on one set in two runs. */
export interface Comparison {
  readonly label: string
  readonly set: string
  readonly first: number
  readonly second: number
  /** AUROC of the second minus that of the first. */
  readonly difference: number
  /** 95 %; null where a side has fewer than two images. */
  readonly interval: readonly [low: number, high: number] | null
  /** Whether both runs scored the same images, so that the interval is DeLong's paired one. */
  readonly isPaired: boolean
}

/**
 * The scores and sets that two runs have in common. On the same images (the same hash and count on both sides) differences are
 * tested in pairs; else the runs count as independent, and the interval is wider.
 */
export function compareRuns(first: Run, second: Run): Comparison[] {
  const isSameId = sameImages(first.results.id.test, second.results.id.test)
  return first.scores.flatMap((one) => {
    const other = second.scores.find(({ label }) => label === one.label)
    if (!other) return []
    return one.result.sets.flatMap((set): Comparison[] => {
      const twin = other.result.sets.find(({ name }) => name === set.name)
      if (!twin) return []
      const isPaired = isSameId && sameImages(setOf(first, set.name), setOf(second, set.name))
      const known = { label: one.label, set: set.name, first: set.auroc, second: twin.auroc, isPaired }
      const difference = twin.auroc - set.auroc
      if (!isPaired) return [{ ...known, difference, interval: independentInterval(set, twin) }]
      const sides = (images: typeof one.images) => ({ id: images.id, ood: images.ood.get(set.name)! })
      const enough = Math.min(one.images.id.length, set.count) >= 2
      // Scores that are the same to the bit cannot differ on other images either.
      if (sameScores(one.images.id, other.images.id) && sameScores(sides(one.images).ood, sides(other.images).ood)) {
        return [{ ...known, difference: 0, interval: [0, 0] }]
      }
      const interval = enough ? pairedDelong(sides(other.images), sides(one.images)).interval : null
      return [{ ...known, difference, interval }]
    })
  })
}

interface Hashed {
  readonly hash: string
  readonly count: number
}

const sameImages = (a: Hashed | undefined, b: Hashed | undefined): boolean =>
  a !== undefined && b !== undefined && a.hash !== '' && a.hash === b.hash && a.count === b.count

const sameScores = (a: Float64Array, b: Float64Array): boolean => a.every((score, i) => score === b[i])

const setOf = ({ results }: Run, name: string) => results.ood.find((set) => set.name === name)

/** Half the widths of the two intervals are added as independent errors are. */
function independentInterval(first: SetResult, second: SetResult): [number, number] {
  const half = ({ aurocInterval: [low, high] }: SetResult) => (high - low) / 2
  const margin = Math.hypot(half(first), half(second))
  const difference = second.auroc - first.auroc
  return [difference - margin, difference + margin]
}
