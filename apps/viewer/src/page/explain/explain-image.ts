import { countBelow } from '../data/count-below.ts'
import type { Explanation } from '../data/explanation.ts'

/** One of the vectors that a view was compared with. */
export interface Neighbor {
  /** Row of the training image. */
  readonly image: number
  readonly view: number
  readonly distance: number
}

export interface ExplainedView {
  readonly view: number
  /** Squared, to the k-th neighbour. */
  readonly distance: number
  /** Share of the ID images whose same view is nearer. */
  readonly quantile: number
  /** The nearest first. */
  readonly neighbors: readonly Neighbor[]
}

export interface ExplainedImage {
  readonly views: readonly ExplainedView[]
  /** The view of the least distance: it gives the image its score. */
  readonly deciding: number
}

/** @param row among all test images: the ID images come first. */
export function explainImage(
  explanation: Explanation,
  idDistances: readonly Float32Array[],
  row: number,
): ExplainedImage {
  const { views, k, distances, neighbors, neighborDistances } = explanation
  const explained = Array.from({ length: views }, (_, view): ExplainedView => {
    const distance = distances[row * views + view]!
    const start = (row * views + view) * k
    return {
      view,
      distance,
      quantile: countBelow(idDistances[view]!, distance) / idDistances[view]!.length,
      neighbors: Array.from({ length: k }, (_unused, i) => ({
        image: Math.floor(neighbors[start + i]! / views),
        view: neighbors[start + i]! % views,
        distance: neighborDistances[start + i]!,
      })),
    }
  })
  const deciding = explained.reduce((best, one) => (one.distance < explained[best]!.distance ? one.view : best), 0)
  return { views: explained, deciding }
}

/** For every view the distances of the ID images, ascending. */
export function idDistancesOf({ views, distances }: Explanation, idCount: number): Float32Array[] {
  return Array.from({ length: views }, (_, view) =>
    Float32Array.from({ length: idCount }, (_unused, row) => distances[row * views + view]!).sort(),
  )
}

export interface HeatMap {
  /** Distances at the places of the window, row by row. */
  readonly values: Float32Array
  readonly rows: number
  readonly columns: number
}

/** The heat map of an image; null when it has none. */
export function heatMapOf(explanation: Explanation, row: number): HeatMap | null {
  const { heatRows, heat, mapHeight, mapWidth, windowHeight, windowWidth } = explanation
  const at = countBelow(heatRows, row)
  if (heatRows[at] !== row) return null
  const [rows, columns] = [mapHeight - windowHeight + 1, mapWidth - windowWidth + 1]
  return { values: heat.subarray(at * rows * columns, (at + 1) * rows * columns), rows, columns }
}
