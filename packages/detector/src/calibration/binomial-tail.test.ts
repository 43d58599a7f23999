import { describe, expect, test } from 'vitest'
import { binomialTail } from './binomial-tail.ts'

/** The same sum in whole numbers, for p = numerator / denominator. */
function exactTail(most: number, trials: number, numerator: bigint, denominator: bigint): number {
  let choose = 1n
  let sum = 0n
  for (let k = 0; k <= most; k++) {
    sum += choose * numerator ** BigInt(k) * (denominator - numerator) ** BigInt(trials - k)
    choose = (choose * BigInt(trials - k)) / BigInt(k + 1)
  }
  const digits = 10n ** 20n
  return Number((sum * digits) / denominator ** BigInt(trials)) / 1e20
}

describe('binomialTail', () => {
  test('is the sum of the terms, computed in whole numbers', () => {
    for (const [most, trials, numerator, denominator] of [
      [3, 10, 1n, 2n],
      [0, 59, 1n, 20n],
      [2, 100, 1n, 20n],
      [7, 100, 1n, 20n],
      [40, 300, 3n, 20n],
      [299, 300, 99n, 100n],
    ] as const) {
      const expected = exactTail(most, trials, numerator, denominator)
      expect(Math.abs(binomialTail(most, trials, Number(numerator) / Number(denominator)) - expected)).toBeLessThan(
        1e-13,
      )
    }
  })

  test('keeps its digits where a single term is below the least number (scipy.stats.binom.cdf)', () => {
    for (const [most, trials, p, expected] of [
      [223, 4984, 0.05, 0.045627209895024085],
      [0, 4984, 0.01, 1.76120485584354e-22],
      [39, 4984, 0.01, 0.06640446353459359],
      [470, 4984, 0.1, 0.0930586242081098],
      [900, 10_000, 0.1, 0.00038516113807243095],
    ] as const) {
      expect(Math.abs(binomialTail(most, trials, p) / expected - 1)).toBeLessThan(1e-10)
    }
  })

  test('is 0 and 1 at the ends', () => {
    expect([binomialTail(-1, 5, 0.5), binomialTail(5, 5, 0.5), binomialTail(2, 5, 0), binomialTail(2, 5, 1)]).toEqual([
      0, 1, 1, 0,
    ])
  })
})
