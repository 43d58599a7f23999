/** What a vector is multiplied by to have length 1: 1 / (|z| + 1e-10). */
export function unitScale(vector: ArrayLike<number>): number {
  let squares = 0
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!
  return 1 / (Math.sqrt(squares) + 1e-10)
}
