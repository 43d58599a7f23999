import type { ExactDistances } from './exact-distances.ts'
import type { FileAccess, ReadAhead } from './file-access.ts'
import type { Filters } from './filters.ts'
import { GroupBounds } from './group-bounds.ts'
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
  readonly #bounds: GroupBounds
  readonly #tiles: readonly (readonly Tile[])[]
  readonly #index: ReadonlyMap<Tile, number>
  /** Where the codes lie in a file. */
  readonly #ahead: ReadAhead | null

  constructor(segment: Segment, files?: FileAccess) {
    this.segment = segment
    this.#ahead = 'path' in segment.codes ? files!.openAhead(segment.codes) : null
    this.#bounds = new GroupBounds(segment)
    this.#tiles = Array.from({ length: this.#bounds.groups }, (_, group) =>
      segment.tiles.filter((tile) => tile.group === group),
    )
    this.#index = new Map(segment.tiles.map((tile, i) => [tile, i]))
  }

  /** Closes the file of the codes. */
  close(): void {
    this.#ahead?.close()
  }

  /** The group nearest to each query first: it gives limits that rule most of the others out. */
  async run(state: SearchState, tools: SearchTools): Promise<void> {
    const { groups } = this.#bounds
    const { nearest, least } = this.#bounds.measure(state.queries)
    const rows = Array.from({ length: state.rows }, (_, row) => row)
    for (const isNearest of [true, false]) {
      const reached = (group: number) => (row: number) =>
        (nearest[row] === group) === isNearest && isWithin(least[row * groups + group]!, state, row)
      for (let group = 0; group < groups; group++) {
        const visitors = rows.filter(reached(group))
        if (visitors.length === 0) continue
        const next = this.#ahead ? findFrom(group + 1, groups, (other) => rows.some(reached(other))) : null
        await this.#visit(state, tools, group, visitors, next === null ? undefined : this.#firstTile(next, state))
      }
    }
  }

  /** The first tile of a group that this thread is to visit. */
  #firstTile(group: number, { part }: SearchState): Tile | undefined {
    return this.#tiles[group]!.find((tile) => isOfPart(this.#index.get(tile)!, part))
  }

  /** Visits a group; `next` is the tile that may be visited after it. */
  async #visit(
    state: SearchState,
    tools: SearchTools,
    group: number,
    rows: readonly number[],
    next: Tile | undefined,
  ): Promise<void> {
    const { dimension, centers } = this.segment
    const filter = await tools.filters.filterFor(this.segment, rows.length)
    filter.setCenter(centers.subarray(group * dimension, (group + 1) * dimension))
    for (let start = 0; start < rows.length; start += filter.mostEncoded) {
      const chunk = rows.slice(start, start + filter.mostEncoded)
      const queries = chunk.map((row, place) => {
        const query = state.queries.subarray(row * dimension, (row + 1) * dimension)
        return { row, place, ...filter.encodeQuery(place, query) }
      })
      await this.#visitTiles(state, tools, filter, group, queries, next)
    }
  }

  async #visitTiles(
    state: SearchState,
    tools: SearchTools,
    filter: TileFilter,
    group: number,
    queries: readonly VisitingQuery[],
    next: Tile | undefined,
  ): Promise<void> {
    const reached = (tile: Tile) => (query: VisitingQuery) => reaches(query, tile, state)
    const tiles = this.#tiles[group]!.filter(
      (tile) => isOfPart(this.#index.get(tile)!, state.part) && queries.some(reached(tile)),
    )
    for (const [i, tile] of tiles.entries()) {
      filter.load(tile, await this.#read(tile))
      const following = tiles[i + 1] ?? next
      if (following) this.#ahead?.expect(following.offset, this.#bytes(following))
      const remaining = queries.filter(reached(tile))
      for (let start = 0; start < remaining.length; start += filter.mostMultiplied) {
        const some = remaining.slice(start, start + filter.mostMultiplied)
        await filter.multiply(some.map(({ place }) => place))
        this.#compute(state, tools, filter, tile, some)
      }
      await tools.pause()
    }
  }

  #read(tile: Tile): Uint8Array | Promise<Uint8Array> {
    const { codes } = this.segment
    const bytes = this.#bytes(tile)
    return 'path' in codes ? this.#ahead!.read(tile.offset, bytes) : codes.subarray(tile.offset, tile.offset + bytes)
  }

  #bytes(tile: Tile): number {
    const { dimension, precision } = this.segment
    return tileShape(tile.rows, dimension, precision).bytes
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

/** The first number of [from, to) that is accepted; null where none is. */
function findFrom(from: number, to: number, accepts: (at: number) => boolean): number | null {
  for (let at = from; at < to; at++) if (accepts(at)) return at
  return null
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
