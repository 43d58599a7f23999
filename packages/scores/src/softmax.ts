/** Probabilities of one row of logits divided by a temperature, in float64. */
export function softmax(logits: Float32Array, temperature = 1): Float64Array {
  let largest = Number.NEGATIVE_INFINITY
  for (const logit of logits) largest = Math.max(largest, logit)
  const exponentials = Float64Array.from(logits, (logit) => Math.exp((logit - largest) / temperature))
  let sum = 0
  for (const exponential of exponentials) sum += exponential
  return exponentials.map((exponential) => exponential / sum)
}
