import { InvalidInputError } from '@mode-ood/core'
import type { LevelOptions } from './auroc-interval.ts'
import { hoeffdingInterval, hoeffdingPValue } from './hoeffding-interval.ts'
import type { Interval } from './interval.ts'
import { meanAndError } from './mean-and-error.ts'
import { normalCriticalValue, normalUpperTail } from './normal-distribution.ts'
import { requireLevel } from './option-checks.ts'
import { structuralComponents, type StructuralComponents } from './structural-components.ts'

/** One score's values on both sides. */
export interface ScoredSides {
  readonly id: ArrayLike<number>
  readonly ood: ArrayLike<number>
}

export interface PairedDelong {
  /** AUROC of the first score minus AUROC of the second. */
  readonly difference: number
  readonly standardError: number
  /** difference / standardError; 0 when both are 0, ±Infinity when only the error is. */
  readonly z: number
  /** Two-sided, of the hypothesis that both scores have the same AUROC. */
  readonly pValue: number
  /** Confidence interval of the difference, within -1..1. */
  readonly interval: Interval
}

/**
 * Whether two scores of the same images differ in AUROC: DeLong's test for correlated ROC curves. Element i of
 * `first.id` and of `second.id` must belong to the same image, likewise for `ood`; a test that ignores the pairing is far
 * too insensitive.
 *
 * When the standard error is 0 (every image counts alike under both scores, or differs by the same amount), `pValue` and
 * `interval` come from Hoeffding's bound for min(n_id, n_ood) pairs, as in `aurocInterval`. O(n log n).
 *
 * Comparing one favourite with many scores calls for a correction of the p-values: `holmAdjusted`.
 *
 * @throws InvalidInputError for NaN or infinity, sides of different sizes, or fewer than two images a side;
 *   InvalidOptionError for a level outside 0..1.
 *
 * @example pairedDelong({ id: [4, 3, 2], ood: [1, 0] }, { id: [4, 0, 2], ood: [1, 3] }).difference // 0.5
 */
export function pairedDelong(first: ScoredSides, second: ScoredSides, options: LevelOptions = {}): PairedDelong {
  const { level = 0.95 } = options
  requireLevel(level)
  const counts = { id: requirePairs('ID', first.id, second.id), ood: requirePairs('OOD', first.ood, second.ood) }
  const firstComponents = componentsOf('first', first)
  const secondComponents = componentsOf('second', second)
  const idSide = meanAndError(subtract(firstComponents.id, secondComponents.id))
  const oodSide = meanAndError(subtract(firstComponents.ood, secondComponents.ood))
  const difference = idSide.mean / counts.ood
  const standardError = Math.sqrt(idSide.variance / counts.ood ** 2 + oodSide.variance / counts.id ** 2)
  if (standardError === 0) return withoutVariance(difference, Math.min(counts.id, counts.ood), level)
  const z = difference / standardError
  const margin = normalCriticalValue(level) * standardError
  return {
    difference,
    standardError,
    z,
    pValue: 2 * normalUpperTail(Math.abs(z)),
    interval: [Math.max(-1, difference - margin), Math.min(1, difference + margin)],
  }
}

/** Hoeffding's bound holds for values in 0..1, and a difference lies in -1..1. */
function withoutVariance(difference: number, pairs: number, level: number): PairedDelong {
  const mean = (difference + 1) / 2
  const [lower, upper] = hoeffdingInterval(mean, pairs, level)
  return {
    difference,
    standardError: 0,
    z: difference === 0 ? 0 : Math.sign(difference) * Infinity,
    pValue: hoeffdingPValue(mean, 0.5, pairs),
    interval: [2 * lower - 1, 2 * upper - 1],
  }
}

function requirePairs(side: string, first: ArrayLike<number>, second: ArrayLike<number>): number {
  if (first.length !== second.length) {
    throw new InvalidInputError(
      `the first score has ${first.length} ${side} values and the second ${second.length}, expected the same images`,
    )
  }
  if (first.length < 2) {
    throw new InvalidInputError(`there are ${first.length} ${side} scores, expected at least 2 for a paired test`)
  }
  return first.length
}

function componentsOf(which: string, { id, ood }: ScoredSides): StructuralComponents {
  try {
    return structuralComponents(id, ood)
  } catch (error) {
    if (error instanceof InvalidInputError) throw new InvalidInputError(`${which} score: ${error.message}`)
    throw error
  }
}

function subtract(first: Float64Array, second: Float64Array): Float64Array {
  return first.map((value, i) => value - second[i]!)
}
