import type { Matrix, Neighbors } from '@mode-ood/core'
import type { ProductChoice } from './search/filters.ts'
import type { Counts } from './search/search-state.ts'
import type { Precision } from './search/segment.ts'
import type { VectorStore } from './vector-store.ts'

/**
 * What searches a bank. The bank has checked everything before it calls: queries are finite and of the bank's dimension,
 * 1 ≤ k ≤ size, calls never overlap, and `store` changes only between calls, by vectors appended at its end.
 */
export interface Engine {
  readonly name: 'onnxruntime' | 'wasm' | 'plain'
  search(store: VectorStore, search: Search): Promise<Neighbors>
  stats(): EngineStats
  close(): Promise<void>
}

export interface Search {
  readonly queries: Matrix
  readonly k: number
  /** Whether all k neighbours are wanted, [rows, k], or the k-th alone, [rows, 1]. */
  readonly keep: 'all' | 'kth'
  /**
   * Of so many consecutive queries only the smallest k-th distance is wanted (with `keep: 'kth'`): those of the others may
   * be given as infinite. 1 wants every one.
   */
  readonly sharing: number
}

/** What an engine did. */
export interface EngineStats {
  /** What vectors are ruled out by. */
  readonly precision?: Precision
  /** What multiplies many queries at a time, and why, once that was decided. */
  readonly product?: ProductChoice
  /** Stretches that the bank is cut into. */
  readonly segments?: number
  /** The last search: pairs of query and vector in all, and what became of them. */
  readonly last?: Counts & { readonly pairs: number }
}
