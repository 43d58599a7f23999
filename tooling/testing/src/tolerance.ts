/** Relative tolerances per element type; a test that needs another says why. */
export const tolerance = { float64: 1e-12, float32: 1e-5 } as const

/** Largest |actual - expected| divided by the largest |expected| (at least 1e-12): one number for a whole array. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY
  let difference = 0
  let scale = 1e-12
  for (let i = 0; i < expected.length; i++) {
    const gap = Math.abs(actual[i]! - expected[i]!)
    if (!(gap <= difference)) difference = gap
    scale = Math.max(scale, Math.abs(expected[i]!))
  }
  return difference / scale
}
