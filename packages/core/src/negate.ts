/** Every value with its sign turned, as new float64 numbers: turns a distance into a score. Zero stays +0. */
export function negate(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values, (value) => 0 - value)
}
