/** An OOD set that the charts show. */
export interface ShownSet {
  readonly name: string
  readonly group: string
  /** Among all OOD sets: decides its colour. */
  readonly position: number
  /** Its scores, ascending. */
  readonly sorted: Float64Array
}
