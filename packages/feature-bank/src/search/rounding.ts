/**
 * What float32 arithmetic may be off by. A sum of n squares or products, accumulated in four lanes or more, is off by at most
 * (n / 4 + 8) · 2⁻²⁴ of the sum of magnitudes, the rounding of its factors included; this is twice that.
 */
export function relativeError(dimension: number): number {
  return (dimension / 4 + 32) * 2 ** -23
}

/** What squares and products lose where they are so small that float32 holds only some of their digits. */
export const smallest = 1e-35

/** From here on squares may overflow: numbers this large are compared exactly only. */
export const largest = 1e18
