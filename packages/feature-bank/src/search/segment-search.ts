import { CoarseDistances } from './coarse-distances.ts'
import type { ExactDistances } from './exact-distances.ts'
import type { Filters } from './filters.ts'
import { largest, relativeError } from './rounding.ts'
import { isOfPart, limitOf, lowerLimit, type SearchState } from './search-state.ts'
import { type Segment, type Tile, tileShape } from './segment.ts'
import type { EncodedQuery, TileFilter } from './tile-filter.ts'
import type { Vectors } from './vectors.ts'

/** Lets others have a turn, where a thread must not be kept for long. */
export type Pause = () => Promise<void> | undefined

export interface SearchTools {
  readonly vectors: Vectors
  readonly exact: ExactDistances
  readonly filters: Filters
  readonly pause: Pause
}

/** A query of the search, encoded for the group that is being visited. */
interface VisitingQuery extends EncodedQuery {
  readonly row: number
  readonly place: number
}

/** Searches a segment. */
export class SegmentSearch {
  readonly segment: Segment
  readonly #coarse: CoarseDistances
  readonly #tiles: readonly (readonly Tile[])[]
  readonly #index: ReadonlyMap<Tile, number>
  /** Largest distance from the centre in each group. */
  readonly #outer: Float64Array

  constructor(segment: Segment) {
    this.segment = segment
    this.#coarse = new CoarseDistances(segment)
    this.#tiles = Array.from({ length: this.#coarse.groups }, (_, group) =>
      segment.tiles.filter((tile) => tile.group === group),
    )
    this.#index = new Map(segment.tiles.map((tile, i) => [tile, i]))
    this.#outer = Float64Array.from(this.#tiles, (tiles) => Math.max(0, ...tiles.map(({ outer }) => outer)))
  }

  /** The group nearest to each query first: it gives limits that rule most of the others out. */
  async run(state: SearchState, tools: SearchTools): Promise<void> {
    const { groups } = this.#coarse
    const least = this.#coarse.leastDistances(state.queries)
    const nearest = Int32Array.from({ length: state.rows }, (_, row) => indexOfLeast(least, row * groups, groups))
    const rows = Array.from({ length: state.rows }, (_, row) => row)
    for (let group = 0; group < groups; group++) {
      const near = rows.filter((row) => nearest[row] === group)
      await this.#visit(state, tools, group, near)
    }
    for (let group = 0; group < groups; group++) {
      const outer = this.#outer[group]!
      const reached = rows.filter(
        (row) => nearest[row] !== group && isWithin(least[row * groups + group]! - outer, state, row),
      )
      await this.#visit(state, tools, group, reached)
    }
  }

  async #visit(state: SearchState, tools: SearchTools, group: number, rows: readonly number[]): Promise<void> {
    if (rows.length === 0) return
    const { dimension, centers, precision } = this.segment
    const filter = await tools.filters.filterFor(precision, rows.length)
    filter.setCenter(centers.subarray(group * dimension, (group + 1) * dimension))
    for (let start = 0; start < rows.length; start += filter.mostEncoded) {
      const chunk = rows.slice(start, start + filter.mostEncoded)
      const queries = chunk.map((row, place) => {
        const query = state.queries.subarray(row * dimension, (row + 1) * dimension)
        return { row, place, ...filter.encodeQuery(place, query) }
      })
      await this.#visitTiles(state, tools, filter, group, queries)
    }
  }

  async #visitTiles(
    state: SearchState,
    tools: SearchTools,
    filter: TileFilter,
    group: number,
    queries: readonly VisitingQuery[],
  ): Promise<void> {
    const { codes, dimension, precision } = this.segment
    const reached = (tile: Tile) => (query: VisitingQuery) => reaches(query, tile, state)
    const tiles = this.#tiles[group]!.filter(
      (tile) => isOfPart(this.#index.get(tile)!, state.part) && queries.some(reached(tile)),
    )
    for (const tile of tiles) {
      const { bytes } = tileShape(tile.rows, dimension, precision)
      filter.load(tile, codes.subarray(tile.offset, tile.offset + bytes))
      const remaining = queries.filter(reached(tile))
      for (let start = 0; start < remaining.length; start += filter.mostMultiplied) {
        const some = remaining.slice(start, start + filter.mostMultiplied)
        await filter.multiply(some.map(({ place }) => place))
        this.#compute(state, tools, filter, tile, some)
      }
      await tools.pause()
    }
  }

  /** Exact distances to all vectors that the filter leaves to any query. */
  #compute(
    state: SearchState,
    { vectors, exact }: SearchTools,
    filter: TileFilter,
    tile: Tile,
    queries: readonly VisitingQuery[],
  ): void {
    const { order, from } = this.segment
    const places = new Int32Array(tile.rows).fill(-1)
    const positions: number[] = []
    const left = queries.map((query, i) => {
      if (limitOf(state, query.row) === Number.POSITIVE_INFINITY) {
        lowerLimit(state, query.row, filter.upperBound(i, query, state.k))
      }
      return filter.select(i, query, limitOf(state, query.row)).map((at) => {
        if (places[at]! < 0) {
          places[at] = positions.length
          positions.push(from + order[tile.first + at]!)
        }
        return places[at]!
      })
    })
    state.counts.filtered += queries.length * tile.rows
    if (positions.length === 0) return
    const loaded = Int32Array.from(positions)
    exact.load(vectors, loaded)
    for (const [i, { row }] of queries.entries()) if (left[i]!.length > 0) exact.offer(state, row, left[i]!, loaded)
  }
}

function indexOfLeast(values: Float32Array, start: number, count: number): number {
  let best = 0
  for (let i = 1; i < count; i++) if (values[start + i]! < values[start + best]!) best = i
  return best
}

/** Whether vectors at least so far away may matter. */
function isWithin(distance: number, state: SearchState, row: number): boolean {
  return !(distance > 0 && distance ** 2 > limitOf(state, row) * (1 + 1e-9))
}

/** Whether any vector of the tile may matter: all lie in a shell around the centre. */
function reaches({ norm, row }: VisitingQuery, { inner, outer }: Tile, state: SearchState): boolean {
  const rounding = norm * relativeError(state.dimension)
  return !(norm < largest) || isWithin(Math.max(norm - rounding - outer, inner - norm - rounding), state, row)
}
