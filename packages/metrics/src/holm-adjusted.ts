import { InvalidInputError } from '@mode-ood/core'

/**
 * P-values adjusted for how many there are, in their order: those that stay below 0.05 may all be called significant with a
 * chance of at most 5 % that one of them is so by accident. The i-th smallest of n (from 0) becomes min(1, (n - i) · p), and never
 * less than a smaller one has become. Holds however the tests depend on one another. O(n log n).
 *
 * Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 1979.
 *
 * @throws InvalidInputError for a value that is not in 0..1.
 * @example holmAdjusted([0.01, 0.04, 0.03]) // [0.03, 0.06, 0.06]
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const wrong = pValues.findIndex((value) => !(value >= 0 && value <= 1))
  if (wrong >= 0) throw new InvalidInputError(`p-value ${wrong} is ${pValues[wrong]}, expected 0 to 1`)
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!)
  const adjusted = pValues.slice()
  let least = 0
  for (const [rank, i] of order.entries()) {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * pValues[i]!))
    adjusted[i] = least
  }
  return adjusted
}
