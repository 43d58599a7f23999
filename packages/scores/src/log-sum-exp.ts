/** log of the sum of exp(value / temperature), without overflow: the largest is taken out first. */
export function logSumExp(values: Float32Array, temperature = 1): number {
  let largest = Number.NEGATIVE_INFINITY
  for (const value of values) largest = Math.max(largest, value)
  let sum = 0
  for (const value of values) sum += Math.exp((value - largest) / temperature)
  return largest / temperature + Math.log(sum)
}
