/** Mean of the values and the estimated variance of that mean, s² / n; the variance of one value is NaN. */
export function meanAndError(values: Float64Array): { readonly mean: number; readonly variance: number } {
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return { mean, variance: squares / (values.length - 1) / values.length }
}
