import type { Matrix } from './matrix.ts'

/** The k nearest bank vectors of each query: row-major [queries, k], nearest first. */
export interface Neighbors {
  /** Squared L2 distances, ascending, computed in float64. */
  readonly distances: Float64Array
  /** Positions in the bank, in the order of adding; of equal distances the lower comes first. */
  readonly indices: Int32Array
}

/**
 * An exact k-nearest-neighbour bank. Results equal a float64 brute force over the float32 vectors, whatever the engine,
 * the number of threads and the batch size.
 */
export interface FeatureBank {
  /** Vectors held. */
  readonly size: number
  /** Length of every vector; 0 until the first `add` fixes it. */
  readonly dimension: number
  /** Appends one vector a row. `labels`, one a row, may guide how an engine groups vectors; results never depend on them. */
  add(vectors: Matrix, labels?: Int32Array): Promise<void>
  /** The `k` nearest vectors of every query row. `k` must lie in 1..size. */
  search(queries: Matrix, k: number): Promise<Neighbors>
  /** The squared L2 distance of every query row to its `k`-th nearest vector. */
  kthDistance(queries: Matrix, k: number): Promise<Float64Array>
  /**
   * The smallest k-th distance of every `rowsPerGroup` consecutive queries, [rows / rowsPerGroup]: what several views of one
   * image decide by. It may be found sooner than all of them; where a bank has no such method, take the least of
   * `kthDistance`.
   */
  smallestKthDistance?(queries: Matrix, k: number, rowsPerGroup: number): Promise<Float64Array>
  /** Writes the bank to a directory; a bank already there is replaced whole or not at all. */
  save(directory: string): Promise<void>
  /** Opens a bank that one of this kind has saved: how whoever holds a bank restores it without knowing its driver. */
  reopen(directory: string): Promise<FeatureBank>
  /** Frees threads and memory; later calls are errors. */
  close(): Promise<void>
}
