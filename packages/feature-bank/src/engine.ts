import type { Matrix, Neighbors } from '@mode-ood/core'
import type { VectorStore } from './vector-store.ts'

/**
 * What searches a bank. The bank has checked everything before it calls: queries are finite and of the bank's dimension,
 * 1 ≤ k ≤ size, calls never overlap, and `store` changes only between calls, by vectors appended at its end.
 */
export interface Engine {
  readonly name: 'onnxruntime' | 'plain'
  search(store: VectorStore, search: Search): Promise<Neighbors>
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
