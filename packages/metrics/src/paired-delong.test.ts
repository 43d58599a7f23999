import { readFileSync } from 'node:fs'
import { createRandom, InvalidInputError, InvalidOptionError } from '@mode-ood/core'
import { relativeError } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { auroc } from './auroc.ts'
import { type PairedDelong, pairedDelong, type ScoredSides } from './paired-delong.ts'

const { cases } = JSON.parse(readFileSync(new URL('../fixtures/delong.json', import.meta.url), 'utf8')) as {
  cases: { name: string; first: ScoredSides; second: ScoredSides; paired: PairedDelong }[]
}

const flat = ({ difference, standardError, z, interval }: PairedDelong) => [difference, standardError, z, ...interval]

describe.each(cases)('pairwise DeLong and scipy: $name', ({ first, second, paired }) => {
  test('difference, error, z, interval', () => {
    const [lower, upper] = paired.interval
    const expected = { ...paired, interval: [Math.max(-1, lower), Math.min(1, upper)] as const }
    expect(relativeError(flat(pairedDelong(first, second)), flat(expected))).toBeLessThan(1e-12)
  })

  test('p, relative to itself', () => {
    expect(Math.abs(pairedDelong(first, second).pValue / paired.pValue - 1)).toBeLessThan(1e-11)
  })

  test('turns its sign when the scores change places', () => {
    const { difference, z, pValue } = pairedDelong(first, second)
    const turned = pairedDelong(second, first)
    expect([-turned.difference, -turned.z, turned.pValue]).toEqual([difference, z, pValue])
  })
})

test('the difference is that of the two AUROCs', () => {
  const { first, second } = cases[0]!
  const expected = auroc(first.id, first.ood) - auroc(second.id, second.ood)
  expect(pairedDelong(first, second).difference).toBeCloseTo(expected, 14)
})

test('rejects a true hypothesis in about 5 % of 2,000 simulations', () => {
  const random = createRandom('paired')
  const noisy = (values: Float64Array) => values.map((value) => value + random.normal())
  let rejected = 0
  for (let i = 0; i < 2000; i++) {
    const id = Float64Array.from({ length: 50 }, () => 1 + random.normal())
    const ood = Float64Array.from({ length: 50 }, () => random.normal())
    const { pValue } = pairedDelong({ id: noisy(id), ood: noisy(ood) }, { id: noisy(id), ood: noisy(ood) })
    if (pValue < 0.05) rejected++
  }
  expect(rejected / 2000).toBeGreaterThan(0.03)
  expect(rejected / 2000).toBeLessThan(0.07)
})

describe('without variance', () => {
  const high = { id: [4, 5, 6, 7], ood: [0, 1, 2, 3] }

  test('a score against itself or a monotone map of it: no difference, p 1', () => {
    const cubed = { id: high.id.map((x) => x ** 3), ood: high.ood.map((x) => x ** 3) }
    expect(pairedDelong(high, cubed)).toMatchObject({ difference: 0, standardError: 0, z: 0, pValue: 1 })
  })

  test('perfect against reversed: a bounded p, not 0', () => {
    const { difference, z, pValue, interval } = pairedDelong(high, { id: high.ood, ood: high.id })
    expect(difference).toBe(1)
    expect(z).toBe(Infinity)
    // 2 · ½⁴
    expect(pValue).toBeCloseTo(0.125, 12)
    expect(interval[0]).toBeCloseTo(2 * 0.025 ** (1 / 4) - 1, 12)
    expect(interval[1]).toBe(1)
  })

  test('reversed against perfect', () => {
    const { z, pValue } = pairedDelong({ id: high.ood, ood: high.id }, high)
    expect([z, pValue]).toEqual([-Infinity, expect.closeTo(0.125, 12)])
  })
})

describe('refuses', () => {
  test('sides of different sizes', () => {
    expect(() => pairedDelong({ id: [1, 2], ood: [0, 0] }, { id: [1], ood: [0, 0] })).toThrow(InvalidInputError)
    expect(() => pairedDelong({ id: [1, 2], ood: [0, 0] }, { id: [1, 2], ood: [0] })).toThrow(
      /2 OOD values .* second 1/,
    )
  })

  test('fewer than two images a side', () => {
    expect(() => pairedDelong({ id: [1], ood: [0, 0] }, { id: [1], ood: [0, 0] })).toThrow(/1 ID scores/)
  })

  test('NaN, saying in which score', () => {
    const second = { id: [1, Number.NaN], ood: [0, 0] }
    expect(() => pairedDelong({ id: [1, 2], ood: [0, 0] }, second)).toThrow('second score: ID score 1 is NaN')
  })

  test('a level outside 0..1', () => {
    expect(() => pairedDelong(cases[0]!.first, cases[0]!.second, { level: 1 })).toThrow(InvalidOptionError)
  })
})
