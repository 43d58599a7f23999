import { hoeffdingInterval } from './hoeffding-interval.ts'
import type { Interval } from './interval.ts'
import { meanAndError } from './mean-and-error.ts'
import { normalCriticalValue } from './normal-distribution.ts'
import { requireLevel } from './option-checks.ts'
import { structuralComponents } from './structural-components.ts'

export interface LevelOptions {
  /** Share of repetitions in which the interval is to hold the true value; between 0 and 1, default 0.95. */
  readonly level?: number
}

/**
 * Confidence interval of the AUROC: DeLong's variance, normal approximation, cut off at 0 and 1.
 *
 * Where the variance says nothing, a distribution-free bound (Hoeffding 1963) for min(n_id, n_ood) independent pairs is
 * returned instead; it is wide, but holds. That is the case for perfect or reversed separation and for constant scores,
 * whose estimated variance is 0 however few images there are, and for a side of one image, which has none. A perfect
 * AUROC of 100 against 100 images gives [0.9638, 1], that is [(α/2)^(1/100), 1], not [1, 1].
 *
 * It speaks of drawing other images from the same sets, not of other training runs or other OOD sets. O(n log n).
 *
 * DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988); Sun and Xu, IEEE Signal Processing Letters 21 (2014).
 *
 * @throws InvalidInputError for an empty side, NaN or infinity; InvalidOptionError for a level outside 0..1.
 *
 * @example aurocInterval([4, 3, 3, 1], [2, 1, 0]) // [0.5921, 1] around 0.875
 */
export function aurocInterval(id: ArrayLike<number>, ood: ArrayLike<number>, options: LevelOptions = {}): Interval {
  const { level = 0.95 } = options
  requireLevel(level)
  const components = structuralComponents(id, ood)
  const idSide = meanAndError(components.id)
  const oodSide = meanAndError(components.ood)
  const area = idSide.mean / ood.length
  const variance = idSide.variance / ood.length ** 2 + oodSide.variance / id.length ** 2
  if (!(variance > 0)) return hoeffdingInterval(area, Math.min(id.length, ood.length), level)
  const margin = normalCriticalValue(level) * Math.sqrt(variance)
  return [Math.max(0, area - margin), Math.min(1, area + margin)]
}
