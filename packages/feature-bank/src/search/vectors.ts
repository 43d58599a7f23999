/** Where exact vectors are read. */
export interface Vectors {
  readonly dimension: number
  /** Copies the vectors at these positions, one after the other. */
  gather(positions: Int32Array, into: Float32Array): void
}
