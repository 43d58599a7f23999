import { createWorkspace, type Workspace } from './kernel.ts'
import { limitOf, lowerLimit, type SearchState } from './search-state.ts'
import type { Vectors } from './vectors.ts'

type Region = 'query' | 'vectors' | 'list' | 'distances'

/** Exact distances, float64, of queries to vectors that nothing rules out. */
export class ExactDistances {
  readonly #workspace: Workspace<Region>
  readonly #dimension: number

  /** With room for so many vectors at a time. */
  constructor(dimension: number, rows: number) {
    this.#dimension = dimension
    this.#workspace = createWorkspace<Region>({
      query: dimension * 4,
      vectors: rows * dimension * 4,
      list: rows * 4,
      distances: rows * 8,
    })
  }

  /** Reads vectors, for `offer`. */
  load(vectors: Vectors, positions: Int32Array): void {
    const { starts, floats } = this.#workspace
    const start = starts.vectors / 4
    vectors.gather(positions, floats.subarray(start, start + positions.length * this.#dimension))
  }

  /** Offers `count` of the vectors read, those at `places`, to a query's heap; `positions` are theirs in the bank. */
  offer(state: SearchState, row: number, places: Int32Array, positions: Int32Array): void {
    const { starts, kernel, floats, integers, doubles } = this.#workspace
    const { queries } = state
    const dimension = this.#dimension
    const heap = state.heaps[row]!
    const limit = limitOf(state, row)
    floats.set(queries.subarray(row * dimension, (row + 1) * dimension), starts.query / 4)
    for (const [i, place] of places.entries()) integers[starts.list / 4 + i] = starts.vectors + place * dimension * 4
    const rough = roughLimit(limit, dimension)
    kernel.squaredDistances(starts.query, starts.list, places.length, dimension, rough, starts.distances)
    const distances = doubles.subarray(starts.distances / 8, starts.distances / 8 + places.length)
    for (const [i, place] of places.entries()) {
      if (distances[i]! <= limit) heap.offer(distances[i]!, positions[place]!)
    }
    if (heap.worst < limit) lowerLimit(state, row, heap.worst)
    const reached = limitOf(state, row)
    state.counts.computed += places.length
    for (const distance of distances) if (distance > reached) state.counts.wasted++
  }
}

/**
 * What a float32 sum of squared differences may reach where the distance is `limit`. Every term is rounded three times and
 * added at most n times: relative error (n + 3) · 2⁻²⁴, here doubled, and what denormal squares lose. A limit that float32
 * sums might overflow below is none.
 */
function roughLimit(limit: number, dimension: number): number {
  return limit < 1e38 ? limit * (1 + (dimension + 4) * 2 ** -23) + dimension * 2 ** -148 : Number.POSITIVE_INFINITY
}
