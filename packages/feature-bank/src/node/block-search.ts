import { NearestHeap } from '../nearest-heap.ts'
import type { EncodedQueries, Filter } from './filter.ts'
import { groupSize, groupsPerTile } from './group-maxima.ts'
import { type MaximaKernel, stripeTiles } from './maxima-kernel.ts'
import type { Tile } from './shard.ts'
import type { SharedLimits } from './shared-limits.ts'
import type { VectorMemory } from './vector-memory.ts'

export interface BlockSearchOptions {
  /** Row-major, at most `blockRows`. */
  readonly queries: Float32Array
  readonly k: number
  /** Vectors in all tiles. */
  readonly size: number
  readonly limits: SharedLimits
  /** Which limit a query must keep. */
  readonly limitOf: (row: number) => number
  readonly filter: Filter
  readonly kernel: MaximaKernel
  readonly memory: VectorMemory
}

/** What bounds hold for a stripe of tiles and one query. */
interface Bounds {
  /** How far any score may be off. */
  readonly error: number
  /** Covers the float64 rounding of distances and of what they are compared with. */
  readonly slack: number
  /** The k-th largest maximum. */
  readonly kth: number
}

/** The search of a block of queries through all tiles: `heaps` holds each query's nearest. */
export class BlockSearch {
  readonly heaps: readonly NearestHeap[]
  /** Distances computed so far. */
  computed = 0
  readonly #options: BlockSearchOptions
  readonly #encoded: EncodedQueries
  /** Whether a full heap holds k vectors, so that its farthest bounds the k-th distance. */
  readonly #complete: boolean

  constructor(options: BlockSearchOptions) {
    const { queries, k, size, filter, memory } = options
    this.#options = options
    this.#encoded = filter.encodeQueries(queries)
    this.#complete = size >= k
    this.heaps = Array.from({ length: this.#encoded.rows }, () => new NearestHeap(Math.min(k, size)))
    memory.setQueries(queries)
  }

  async run(tiles: readonly Tile[]): Promise<void> {
    const { filter, kernel } = this.#options
    for (let from = 0; from < tiles.length; from += stripeTiles) {
      const stripe = tiles.slice(from, from + stripeTiles)
      for (const [t, tile] of stripe.entries()) await filter.maxima(this.#encoded, tile.encoded, kernel.maxima(t))
      this.#search(stripe)
    }
  }

  /** All limits first: a query may share its limit with others. */
  #search(stripe: readonly Tile[]): void {
    const bounds = this.heaps.map((_, row) => this.#bound(row, stripe))
    for (const [row, bound] of bounds.entries()) this.#visit(row, stripe, bound)
  }

  /** Lowers a query's limit to what the k-th best group promises: as many groups hold at least as many vectors. */
  #bound(row: number, stripe: readonly Tile[]): Bounds {
    const { filter, kernel, k } = this.#options
    const squares = this.#encoded.squaredNorms[row]!
    let error = 0
    let slack = 0
    for (const { encoded } of stripe) {
      error = Math.max(error, filter.errorBound(this.#encoded, row, encoded))
      slack = Math.max(slack, 1e-12 * (squares + encoded.largestNorm ** 2))
    }
    if (error === Number.POSITIVE_INFINITY) return { error, slack, kth: Number.NEGATIVE_INFINITY }
    const kth = kernel.kthLargest(row, stripe.length, k)
    if (kth > Number.NEGATIVE_INFINITY) this.#lowerLimit(row, Math.max(0, squares - 2 * (kth - error) + slack))
    return { error, slack, kth }
  }

  /** The k best groups first: they tighten the limit that the others must keep. */
  #visit(row: number, stripe: readonly Tile[], { error, slack, kth }: Bounds): void {
    const { kernel } = this.#options
    if (error === Number.POSITIVE_INFINITY) {
      for (let group = 0; group < stripe.length * groupsPerTile; group++) this.#compute(row, stripe, group)
      return
    }
    const squares = this.#encoded.squaredNorms[row]! - slack
    const needed = () => (squares - this.#limit(row)) / 2 - error
    // One float32 step lower, since the kernel compares float32.
    const groups = kernel.atLeast(row, stripe.length, roundDown(needed()))
    let later = 0
    for (const group of groups) {
      if (kernel.maximum(row, group) >= kth) this.#compute(row, stripe, group)
      else groups[later++] = group
    }
    for (const group of groups.subarray(0, later)) {
      if (kernel.maximum(row, group) >= needed()) this.#compute(row, stripe, group)
    }
    if (this.#complete) this.#lowerLimit(row, this.heaps[row]!.worst)
  }

  #limit(row: number): number {
    return Math.min(this.heaps[row]!.worst, this.#options.limits.get(this.#options.limitOf(row)))
  }

  #lowerLimit(row: number, distance: number): void {
    this.#options.limits.lower(this.#options.limitOf(row), distance)
  }

  /** Offers the vectors of a group to the query's heap. */
  #compute(row: number, stripe: readonly Tile[], at: number): void {
    const heap = this.heaps[row]!
    const tile = stripe[Math.floor(at / groupsPerTile)]!
    const first = (at % groupsPerTile) * groupSize
    const count = Math.min(groupSize, tile.rows - first)
    if (count <= 0) return
    const limit = this.#limit(row)
    const distances = this.#options.memory.squaredDistances(row, tile.stored, first, count, limit)
    for (let i = 0; i < count; i++) if (distances[i]! <= limit) heap.offer(distances[i]!, tile.start + first + i)
    this.computed += count
  }
}

/** A float32 at most `value`. */
function roundDown(value: number): number {
  return value - Math.abs(value) * 2 ** -23 - 2 ** -149
}
