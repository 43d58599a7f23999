import type { Matrix, Neighbors } from '@mode-ood/core'
import type { VectorStore } from './vector-store.ts'

/**
 * What searches a bank. The bank has checked everything before it calls: queries are finite and of the bank's dimension,
 * 1 ≤ k ≤ size, calls never overlap, and `store` changes only between calls, by vectors appended at its end.
 */
export interface Engine {
  readonly name: 'onnxruntime' | 'plain'
  /** `keep` says whether all k neighbours are wanted, [rows, k], or the k-th alone, [rows, 1]. */
  search(store: VectorStore, queries: Matrix, k: number, keep: 'all' | 'kth'): Promise<Neighbors>
  close(): Promise<void>
}
