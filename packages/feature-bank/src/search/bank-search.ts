import type { Neighbors } from '@mode-ood/core'
import { NearestHeap } from '../nearest-heap.ts'
import { ExactDistances } from './exact-distances.ts'
import type { FileAccess } from './file-access.ts'
import { Filters, type NativeOffer, type ProductChoice } from './filters.ts'
import { isOfPart, type Part, type Counts, type SearchState } from './search-state.ts'
import { type Pause, SegmentSearch } from './segment-search.ts'
import { openSharedLimits } from './shared-limits.ts'
import { type Segment, tileRows } from './segment.ts'
import type { Vectors } from './vectors.ts'

/** A search as a thread is asked for it. */
export interface SearchRequest {
  /** Row-major. */
  readonly queries: Float32Array
  readonly k: number
  /** Whether all k neighbours are wanted, [rows, k], or the k-th alone, [rows, 1]. */
  readonly keep: 'all' | 'kth'
  readonly limits: Int32Array
  readonly sharing: number
  readonly part: Part
  /** Vectors in the bank. */
  readonly size: number
}

export interface Found {
  /** A neighbour beyond the limit is missing: an infinite distance, position -1. */
  readonly neighbors: Neighbors
  readonly counts: Counts
  readonly product?: ProductChoice
}

/** What one thread does in a search: it goes through the segments, and through the vectors that are in none yet. */
export class BankSearch {
  readonly #vectors: Vectors
  readonly #pause: Pause
  readonly #exact: ExactDistances
  readonly #filters: Filters
  readonly #files: FileAccess | undefined
  #segments: SegmentSearch[] = []

  constructor(vectors: Vectors, pause: Pause, native?: NativeOffer, files?: FileAccess) {
    this.#files = files
    this.#vectors = vectors
    this.#pause = pause
    this.#filters = new Filters(vectors.dimension, native)
    this.#exact = new ExactDistances(vectors.dimension, tileRows(vectors.dimension))
  }

  /** The segments of the bank from now on, from its first vector on without gaps. */
  setSegments(segments: readonly Segment[]): void {
    const known = new Map(this.#segments.map((search) => [identityOf(search.segment), search]))
    this.#segments = segments.map((segment) => {
      const kept = known.get(identityOf(segment))
      known.delete(identityOf(segment))
      return kept ?? new SegmentSearch(segment, this.#files)
    })
    for (const dropped of known.values()) dropped.close()
  }

  async search(request: SearchRequest): Promise<Found> {
    const { queries, k, keep, sharing, part, size } = request
    const { dimension } = this.#vectors
    const rows = queries.length / dimension
    const state: SearchState = {
      queries,
      rows,
      dimension,
      k,
      heaps: Array.from({ length: rows }, () => new NearestHeap(k)),
      limits: openSharedLimits(request.limits),
      sharing,
      part,
      counts: { filtered: 0, computed: 0, wasted: 0 },
    }
    const tools = { vectors: this.#vectors, exact: this.#exact, filters: this.#filters, pause: this.#pause }
    for (const segment of this.#segments) await segment.run(state, tools)
    const indexed = this.#segments.reduce((sum, { segment }) => sum + segment.rows, 0)
    await this.#scan(state, indexed, size)
    const { product } = this.#filters
    return { neighbors: drain(state, keep), counts: state.counts, ...(product ? { product } : {}) }
  }

  /** Compares all queries with the vectors [from, to). */
  async #scan(state: SearchState, from: number, to: number): Promise<void> {
    const step = tileRows(state.dimension)
    const { wasted } = state.counts
    for (let start = from, batch = 0; start < to; start += step, batch++) {
      if (!isOfPart(batch, state.part)) continue
      const positions = Int32Array.from({ length: Math.min(step, to - start) }, (_, i) => start + i)
      const places = positions.map((position) => position - start)
      this.#exact.load(this.#vectors, positions)
      for (let row = 0; row < state.rows; row++) this.#exact.offer(state, row, places, positions)
      await this.#pause()
    }
    // No filter was at work.
    state.counts.wasted = wasted
  }
}

/** Tells segments of a bank apart, whose vectors never change. Threads are sent copies, so that identity would not do. */
function identityOf({ from, rows, precision, codes }: Segment): string {
  return JSON.stringify([from, rows, precision, 'path' in codes ? codes.path : null])
}

function drain({ heaps, k }: SearchState, keep: 'all' | 'kth'): Neighbors {
  const width = keep === 'all' ? k : 1
  const distances = new Float64Array(heaps.length * width).fill(Number.POSITIVE_INFINITY)
  const indices = new Int32Array(heaps.length * width).fill(-1)
  for (const [row, heap] of heaps.entries()) {
    if (keep === 'all') heap.drain(distances, indices, row * k)
    else if (heap.worst < Number.POSITIVE_INFINITY) {
      distances[row] = heap.worst
      indices[row] = heap.farthest.index
    }
  }
  return { distances, indices }
}
