import { createRandom, type TrainingData, type Views } from '@mode-ood/core'
import { viewDistances, type NeighborRule, type ViewBanks } from './view-banks.ts'

/** For every view, the median of the distances of training images, and how far their 95th percentile is above it. */
export interface ViewScales {
  readonly medians: Float64Array
  readonly spreads: Float64Array
}

/** The distances of some images: [images · views]. */
export interface DistancesOfViews {
  readonly views: number
  readonly distances: Float64Array
}

/** Training images whose distances are taken; more would not move a percentile much. */
const mostImages = 2000

/**
 * The distances of training images to the views of the others, leave one out. Up to 2,000 images are taken, spread by
 * chance over all; a pass over the training data.
 */
export async function trainingDistances(
  training: TrainingData<'views'>,
  banks: ViewBanks & { readonly images: number },
  rule: NeighborRule,
): Promise<DistancesOfViews> {
  const chosen = choosePositions(banks.images)
  const distances: number[] = []
  let viewsAnImage = 0
  let position = 0
  for await (const { views } of training) {
    const rows = Array.from({ length: views.count }, (_, row) => row).filter((row) => chosen.has(position + row))
    const own = Int32Array.from(rows, (row) => position + row)
    position += views.count
    viewsAnImage = views.views
    if (rows.length > 0) distances.push(...(await viewDistances(banks, selectImages(views, rows), rule, own)))
  }
  return { views: viewsAnImage, distances: Float64Array.from(distances) }
}

/** The scales of views, by the distances of training images. */
export function viewScales({ views, distances }: DistancesOfViews): ViewScales {
  const sorted = Array.from({ length: views }, (_, view) => distances.filter((__, at) => at % views === view).sort())
  const medians = Float64Array.from(sorted, (ascending) => quantile(ascending, 0.5))
  const spreads = Float64Array.from(sorted, (ascending, view) => quantile(ascending, 0.95) - medians[view]!)
  // Where all distances are equal there is no scale, and the distance keeps its own.
  return { medians, spreads: spreads.map((spread) => (spread > 0 ? spread : 1)) }
}

/** Distances [images · views] on the scales of their views. */
export function scaleDistances(distances: Float64Array, { medians, spreads }: ViewScales): Float64Array {
  const views = medians.length
  return distances.map((distance, at) => (distance - medians[at % views]!) / spreads[at % views]!)
}

/** One position of every stretch of equal length. */
function choosePositions(images: number): Set<number> {
  const random = createRandom('view scales')
  const count = Math.min(images, mostImages)
  const edge = (i: number) => Math.floor((i * images) / count)
  return new Set(Array.from({ length: count }, (_, i) => edge(i) + random.integer(edge(i + 1) - edge(i))))
}

function selectImages({ views, dimension, data }: Views, rows: readonly number[]): Views {
  const width = views * dimension
  const selected = new Float32Array(rows.length * width)
  for (const [to, from] of rows.entries()) selected.set(data.subarray(from * width, (from + 1) * width), to * width)
  return { count: rows.length, views, dimension, data: selected }
}

/** Quantile in 0..1 of ascending values, interpolated linearly. */
function quantile(ascending: Float64Array, q: number): number {
  const position = q * (ascending.length - 1)
  const lower = Math.floor(position)
  const upper = Math.min(lower + 1, ascending.length - 1)
  return ascending[lower]! + (position - lower) * (ascending[upper]! - ascending[lower]!)
}
