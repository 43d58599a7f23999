import type { NearestHeap } from '../nearest-heap.ts'
import type { SharedLimits } from './shared-limits.ts'

/** A search of some queries, as it proceeds. */
export interface SearchState {
  /** Row-major. */
  readonly queries: Float32Array
  readonly rows: number
  readonly dimension: number
  readonly k: number
  /** The nearest vectors of each query so far. */
  readonly heaps: readonly NearestHeap[]
  readonly limits: SharedLimits
  /** Consecutive queries that share a limit, since only the smallest of their k-th distances is wanted; 1 for none. */
  readonly sharing: number
  readonly part: Part
  readonly counts: Counts
}

/** Of the tiles, those to be searched: every `of`-th, from the `index`-th on. */
export interface Part {
  readonly index: number
  readonly of: number
}

export function isOfPart(at: number, { index, of }: Part): boolean {
  return at % of === index
}

export const whole: Part = { index: 0, of: 1 }

/** Pairs of query and vector that a search dealt with so far; those in neither count were left out with a whole tile. */
export interface Counts {
  /** Compared by code. */
  filtered: number
  /** Compared exactly. */
  computed: number
  /** Of those compared exactly, the ones that turned out to be no neighbours. */
  wasted: number
}

/** What the k-th distance of a query is at most: vectors farther away are no neighbours of it, or none that matter. */
export function limitOf(state: SearchState, row: number): number {
  return Math.min(state.heaps[row]!.worst, state.limits.get(Math.floor(row / state.sharing)))
}

export function lowerLimit(state: SearchState, row: number, distance: number): void {
  state.limits.lower(Math.floor(row / state.sharing), distance)
}
