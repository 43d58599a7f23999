/** How p-values of several scores become one number an image. */
export type CombiningMethod = 'fisher' | 'min'

/**
 * One number an image from the p-values of several scores.
 *
 * `fisher`: the chance of a product of m independent uniform p-values as small as this one, exp(-x) · sum over i < m of xⁱ / i!,
 * x = -sum of log p. `min`: Bonferroni's m · min p, not cut off at 1, so that images stay in order.
 *
 * @param pValues one array a score, all of the same images.
 */
export function combinedPValues(method: CombiningMethod, pValues: readonly Float64Array[]): Float64Array {
  const combine = method === 'fisher' ? fisher : bonferroni
  return Float64Array.from({ length: pValues[0]!.length }, (_, image) => combine(pValues.map((p) => p[image]!)))
}

function fisher(pValues: readonly number[]): number {
  const x = pValues.reduce((sum, p) => sum - Math.log(p), 0)
  let term = Math.exp(-x)
  let sum = 0
  for (let i = 0; i < pValues.length; i++) {
    sum += term
    term *= x / (i + 1)
  }
  return sum
}

function bonferroni(pValues: readonly number[]): number {
  return pValues.length * Math.min(...pValues)
}
