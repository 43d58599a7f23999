import { InvalidInputError, InvalidOptionError } from '@mode-ood/core'

/**
 * Which images of a batch to take for OOD so that of those the expected share that is in-distribution is at most
 * `falseDiscoveryRate`: with the p-values in ascending order, all up to the last i-th with p ≤ i · rate / m.
 *
 * Conformal p-values of one calibration set depend on each other positively, so that the bound holds for independent images.
 *
 * Benjamini and Hochberg, "Controlling the False Discovery Rate", JRSS B 1995; Bates et al., "Testing for Outliers with Conformal
 * p-values", Annals of Statistics 2023.
 *
 * @throws InvalidInputError for a p-value outside [0, 1], InvalidOptionError for a rate outside (0, 1).
 *
 * @example benjaminiHochberg(Float64Array.of(0.001, 0.04, 0.5), 0.1) // [true, true, false]
 */
export function benjaminiHochberg(pValues: Float64Array, falseDiscoveryRate: number): boolean[] {
  if (!(falseDiscoveryRate > 0 && falseDiscoveryRate < 1)) {
    throw new InvalidOptionError(`falseDiscoveryRate is ${falseDiscoveryRate} and must lie between 0 and 1`)
  }
  const bad = pValues.findIndex((p) => !(p >= 0 && p <= 1))
  if (bad >= 0) throw new InvalidInputError(`p-value ${bad} is ${pValues[bad]} and must lie in 0..1`)
  const ascending = pValues.toSorted()
  const count = ascending.length
  let limit = -1
  // Rounding of the product must not turn away a p-value that is equal to its bound.
  for (const [i, p] of ascending.entries()) if (p * count <= (i + 1) * falseDiscoveryRate * (1 + 1e-12)) limit = p
  return Array.from(pValues, (p) => p <= limit)
}
