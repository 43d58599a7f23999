/**
 * P(K > x) of the Kolmogorov distribution, the limit of √n · D: 2 · sum over j ≥ 1 of (-1)^(j-1) exp(-2 j² x²), and for small x, where
 * that converges slowly, 1 - √(2π)/x · sum over odd j of exp(-j² π² / (8 x²)).
 *
 * Marsaglia, Tsang and Wang, "Evaluating Kolmogorov's Distribution", J. Statistical Software 2003.
 */
export function kolmogorovTail(x: number): number {
  if (x <= 0) return 1
  let sum = 0
  if (x < 1.18) {
    for (let j = 1; j <= 7; j += 2) sum += Math.exp((-(j * j) * Math.PI * Math.PI) / (8 * x * x))
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum
  }
  for (let j = 1; j <= 6; j++) sum += (j % 2 === 1 ? 2 : -2) * Math.exp(-2 * j * j * x * x)
  return sum
}
