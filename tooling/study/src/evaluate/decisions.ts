import { negate } from '@mode-ood/core'
import { aggregateViews, type CsdOptions, scaleDistances, type ViewScales } from '@mode-ood/csd'

/** What decides about an image, from the k-nearest distances of its six views. */
export interface Decision {
  readonly name: string
  /** As options of csd; `knn` has none. */
  readonly csd: CsdOptions | null
  /** The views that have a say; all unless given. */
  readonly views?: readonly number[]
}

/** Of every neighbour search of the study. */
export const k = 10

const quadrants = [0, 1, 2, 3]

/** The paper's decision, and variants of which each changes one thing or several; all were fixed before the first result. */
export const decisions: readonly Decision[] = [
  { name: 'knn', csd: null },
  { name: 'csd', csd: {} },
  { name: 'csd soft-min', csd: { aggregation: 'soft-min' } },
  { name: 'csd mean', csd: { aggregation: 'mean' } },
  { name: 'csd calibrated', csd: { calibrated: true } },
  { name: 'csd calibrated mean', csd: { calibrated: true, aggregation: 'mean' } },
  { name: 'csd per-view', csd: { banks: 'per-view' } },
  { name: 'csd per-view mean', csd: { banks: 'per-view', aggregation: 'mean' } },
  { name: 'csd per-view calibrated', csd: { banks: 'per-view', calibrated: true } },
  { name: 'csd per-view calibrated mean', csd: { banks: 'per-view', calibrated: true, aggregation: 'mean' } },
  { name: 'quadrants per-view mean', csd: { banks: 'per-view', aggregation: 'mean' }, views: quadrants },
]

/** Scores of images, higher = ID, from their distances [images · views] to banks of the kind that the options name. */
export function decide(distances: Float64Array, scales: ViewScales, { csd, views }: Decision): Float64Array {
  const options = csd ?? {}
  const scaled = options.calibrated ? scaleDistances(distances, scales) : distances
  const all = scales.medians.length
  const chosen = views ? scaled.filter((_, at) => views.includes(at % all)) : scaled
  return negate(aggregateViews(chosen, views?.length ?? all, options))
}
