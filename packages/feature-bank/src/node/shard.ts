import type { NearestHeap } from '../nearest-heap.ts'
import { BlockSearch } from './block-search.ts'
import type { CreateFilter, EncodedTile, Filter } from './filter.ts'
import { createFloatFilter } from './float-filter.ts'
import { blockRows, tileRows } from './group-maxima.ts'
import { createIntegerFilter } from './integer-filter.ts'
import { createMaximaKernel } from './maxima-kernel.ts'
import type { SharedLimits } from './shared-limits.ts'
import { createVectorMemory, type StoredVectors } from './vector-memory.ts'

/** A part of a bank that one thread searches. */
export interface Shard {
  add(data: Float32Array, start: number): void
  /** Vectors of a part. */
  size(part: Part): number
  search(search: ShardSearch): Promise<void>
}

/** Every `of`-th tile, from the `index`-th on. */
export interface Part {
  readonly index: number
  readonly of: number
}

export const whole: Part = { index: 0, of: 1 }

export interface ShardSearch {
  readonly queries: Float32Array
  /** May be more than there are vectors, which are then all found. */
  readonly k: number
  /** The vectors to search; all unless given. */
  readonly part?: Part
  readonly limits: SharedLimits
  /** Consecutive queries that share a limit, since only the smallest of their k-th distances is wanted; 1 for none. */
  readonly sharing: number
  /** Is handed the heap of every query in turn: its k nearest of this shard, less those beyond the limit; to be emptied. */
  take(row: number, heap: NearestHeap): void
}

export type Precision = 'auto' | 'float32' | 'int8'

/** Runs what uses onnxruntime; may refuse to. */
export type Guard = (compute: () => Promise<void>) => Promise<void>

/** Vectors that are filtered at once. */
export interface Tile {
  /** For exact distances. */
  readonly stored: StoredVectors
  readonly rows: number
  /** Position of the first in the bank. */
  readonly start: number
  encoded: EncodedTile
}

/** From this share of vectors that 8 bits cannot rule out, float32 is faster. */
const tooManySurvivors = 0.03
/** Below this dimension 8 bits save nothing. */
const smallestIntegerDimension = 24

/**
 * Exact search with a filter (see `Filter`). The filter's scores bound every group's smallest distance from below; a group
 * beyond the best upper bound of the k-th distance is left out with proof, the others are computed in float64.
 *
 * Memory: the vectors, their encoding (as much again in float32, a quarter in 8 bits) and 8 MiB of maxima, however many the
 * queries: a block of queries meets the vectors tile by tile, and no more than one tile's scores exist at a time.
 */
export async function createShard(dimension: number, precision: Precision, guard: Guard): Promise<Shard> {
  const tiles: Tile[] = []
  const kernel = createMaximaKernel()
  const memory = createVectorMemory(dimension)
  let center: Float32Array | undefined
  let filter: Filter | undefined
  let createFilter: CreateFilter =
    precision === 'int8' || (precision === 'auto' && dimension >= smallestIntegerDimension)
      ? createIntegerFilter
      : createFloatFilter
  let waiting: Omit<Tile, 'encoded'>[] = []

  const encode = async (): Promise<Filter> => {
    center ??= meanOf(waiting[0]!, dimension)
    filter ??= await createFilter(center)
    for (const tile of waiting)
      tiles.push({ ...tile, encoded: filter.encodeTile({ data: tile.stored.data, rows: tile.rows }) })
    waiting = []
    return filter
  }
  const useFloats = () => {
    waiting = tiles.splice(0)
    filter = undefined
    createFilter = createFloatFilter
  }
  const searchBlock = async (search: ShardSearch, from: number): Promise<void> => {
    const { queries, k, part = whole, limits, sharing, take } = search
    const block = queries.subarray(from * dimension, (from + blockRows) * dimension)
    const active = await encode()
    const searched = partOf(tiles, part)
    const size = rowsOf(searched)
    const limitOf = (row: number) => Math.floor((from + row) / sharing)
    const blockSearch = new BlockSearch({ queries: block, k, size, limits, limitOf, filter: active, kernel, memory })
    await blockSearch.run(searched)
    for (const [row, heap] of blockSearch.heaps.entries()) take(from + row, heap)
    const survived = blockSearch.computed / (size * blockSearch.heaps.length)
    if (precision === 'auto' && createFilter === createIntegerFilter && survived > tooManySurvivors) useFloats()
  }
  return {
    add(data, start) {
      for (let row = 0; row < data.length / dimension; row += tileRows) {
        const rows = Math.min(tileRows, data.length / dimension - row)
        const stored = memory.store(data.subarray(row * dimension, (row + rows) * dimension))
        waiting.push({ stored, start: start + row, rows })
      }
    },
    size: (part) => rowsOf(partOf([...tiles, ...waiting], part)),
    async search(search) {
      for (let from = 0; from < search.queries.length / dimension; from += blockRows) {
        await guard(() => searchBlock(search, from))
      }
    },
  }
}

function partOf<T>(tiles: readonly T[], { index, of }: Part): T[] {
  return tiles.filter((_, at) => at % of === index)
}

function rowsOf(tiles: readonly { readonly rows: number }[]): number {
  return tiles.reduce((sum, { rows }) => sum + rows, 0)
}

function meanOf({ stored: { data }, rows }: Omit<Tile, 'encoded'>, dimension: number): Float32Array {
  const sums = new Float64Array(dimension)
  for (let at = 0; at < rows * dimension; at++) sums[at % dimension]! += data[at]!
  return Float32Array.from(sums, (sum) => sum / rows)
}
