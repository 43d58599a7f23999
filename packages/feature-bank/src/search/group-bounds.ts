import { CoarseDistances } from './coarse-distances.ts'
import { partError } from './parts.ts'
import { Projection } from './projection.ts'
import type { Segment } from './segment.ts'

/** How near the groups of a segment are to queries. */
export interface GroupDistances {
  /** The group whose centre is nearest to each query. */
  readonly nearest: Int32Array
  /** [queries, groups]: a query and a vector of the group are at least so far apart. */
  readonly least: Float32Array
}

/**
 * Bounds the distances of queries from all vectors of a group. Less its centre, a query and a vector have a part along the
 * basis and one across it, so |q - b|² ≥ (|q∥| - |b∥|)² + (|q⊥| - |b⊥|)²: far better than the triangle inequality where
 * centres lie apart in few directions, and vectors around them in all.
 */
export class GroupBounds {
  readonly groups: number
  readonly #segment: Segment
  readonly #coarse: CoarseDistances
  readonly #along: {
    readonly projection: Projection
    readonly coarse: CoarseDistances
    readonly norms: Float64Array
  } | null
  /** Largest distance from the centre in each group. */
  readonly #outer: Float64Array

  constructor(segment: Segment) {
    const { basis, centers, dimension } = segment
    this.#segment = segment
    this.#coarse = new CoarseDistances(segment)
    this.groups = this.#coarse.groups
    this.#outer = new Float64Array(this.groups)
    for (const { group, outer } of segment.tiles) this.#outer[group] = Math.max(this.#outer[group]!, outer)
    this.#along = null
    if (basis.length === 0) return
    const projection = new Projection(basis, dimension, centers.subarray(0, dimension))
    const { points, norms } = projection.project(centers)
    const coarse = new CoarseDistances({ centers: points, dimension: projection.directions })
    this.#along = { projection, coarse, norms }
  }

  measure(queries: Float32Array): GroupDistances {
    const { groups } = this
    const { least, most } = this.#coarse.measure(queries)
    const rows = least.length / groups
    const nearest = Int32Array.from({ length: rows }, (_, row) => indexOfLeast(least, row * groups, groups))
    const partly = this.#parts(queries, least, most)
    for (let at = 0; at < least.length; at++) {
      const whole = least[at]! - this.#outer[at % groups]!
      least[at] = Math.max(0, whole * (1 - 2 ** -23), partly[at]!)
    }
    return { nearest, least }
  }

  /** The bounds by parts. */
  #parts(queries: Float32Array, least: Float32Array, most: Float32Array): Float32Array {
    const bounds = new Float32Array(least.length)
    if (!this.#along) return bounds
    const { groups } = this
    const { spans, dimension } = this.#segment
    const { projection, coarse, norms: centerNorms } = this.#along
    const { points, norms } = projection.project(queries)
    const flat = coarse.measure(points)
    const error = partError(dimension, projection.directions)
    for (let at = 0; at < bounds.length; at++) {
      const group = at % groups
      const off = error * (norms[Math.floor(at / groups)]! + centerNorms[group]!) + 1e-18
      // As lengthAcross, without objects: there are as many as queries and groups.
      const alongLeast = Math.max(0, flat.least[at]! - off)
      const alongMost = flat.most[at]! + off
      const acrossLeast = Math.sqrt(Math.max(0, least[at]! ** 2 * (1 - 2 ** -40) - alongMost ** 2)) * (1 - 2 ** -40)
      const acrossMost =
        Math.sqrt(Math.max(0, most[at]! ** 2 * (1 + 2 ** -40) - alongLeast ** 2)) * (1 + 2 ** -40) + 1e-18
      const span = 4 * group
      const along = Math.max(0, alongLeast - spans[span + 1]!, spans[span]! - alongMost)
      const across = Math.max(0, acrossLeast - spans[span + 3]!, spans[span + 2]! - acrossMost)
      const bound = Math.sqrt(along ** 2 + across ** 2)
      // False for NaN, and for what is too large to mean anything.
      bounds[at] = bound > 0 && most[at]! < 1e18 && alongMost < 1e18 && bound < 1e18 ? bound * (1 - 2 ** -22) : 0
    }
    return bounds
  }
}

function indexOfLeast(values: Float32Array, start: number, count: number): number {
  let best = 0
  for (let i = 1; i < count; i++) if (values[start + i]! < values[start + best]!) best = i
  return best
}
