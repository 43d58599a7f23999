import { createRandom } from '@mode-ood/core'
import { pValues } from '@mode-ood/scores'
import { describe, expect, test } from 'vitest'
import { checkDrift } from './check-drift.ts'
import { kolmogorovTail } from './kolmogorov-tail.ts'

test('kolmogorovTail gives the numbers of scipy.stats.kstwobign', () => {
  for (const [x, expected] of [
    [0.3, 0.9999906941986655],
    [0.5, 0.9639452436648751],
    [1, 0.26999967167735456],
    [1.18, 0.1234538094297657],
    [1.3581, 0.0499996304316674],
    [1.6276, 0.010001537333060776],
    [2.5, 7.453306344157342e-6],
  ] as const) {
    expect(Math.abs(kolmogorovTail(x) / expected - 1)).toBeLessThan(1e-9)
  }
})

interface Drawing {
  readonly calibration: number
  readonly images: number
  readonly shift: number
  /** Share of the scores that lie at the upper end, all of them equal. */
  readonly saturated?: number
}

/** Checks a batch drawn from a normal distribution around `shift`, by a calibration drawn around 0. */
function check(seed: number, { calibration, images, shift, saturated = 0 }: Drawing, alarmLevel?: number) {
  const random = createRandom(`drift ${seed}`)
  const draw = (count: number, by: number) =>
    Float64Array.from({ length: count }, () => {
      const score = random.normal() + by
      return random.uniform() < saturated ? 9 : score
    })
  const known = draw(calibration, 0).sort()
  return checkDrift(pValues(known, draw(images, shift)), { calibration: [known], alarmLevel })
}

function alarmShare(drawing: Drawing): number {
  let alarms = 0
  for (let seed = 0; seed < 400; seed++) if (check(seed, drawing, 0.1).isDrift) alarms++
  return alarms / 400
}

describe('checkDrift', () => {
  test.each<[string, Drawing]>([
    ['a small batch', { calibration: 200, images: 40, shift: 0 }],
    ['a batch as large', { calibration: 200, images: 200, shift: 0 }],
    ['a batch that is larger', { calibration: 100, images: 1000, shift: 0 }],
    ['scores of which many are equal', { calibration: 200, images: 200, shift: 0, saturated: 0.3 }],
    ['few calibration scores of which many are equal', { calibration: 100, images: 1000, shift: 0, saturated: 0.3 }],
  ])('raises false alarms at about the level asked for: %s', (_, drawing) => {
    // 0.1 with four standard deviations above; the test may be cautious, but not idle.
    expect(alarmShare(drawing)).toBeLessThan(0.16)
    expect(alarmShare(drawing)).toBeGreaterThan(0.04)
  })

  test('is idle, not alarmed, where all scores are equal', () => {
    const calibration = [new Float64Array(50).fill(1)]
    const { statistic, ...rest } = checkDrift(new Float64Array(500).fill(1), { calibration })
    expect(statistic).toBeCloseTo(0, 12)
    expect(rest).toEqual({ pValue: 1, isDrift: false })
  })

  test('sees a shift of half a standard deviation in 200 images, in both directions', () => {
    for (const shift of [-0.5, 0.5]) {
      const found = check(1, { calibration: 1000, images: 200, shift })
      expect(found).toMatchObject({ isDrift: true })
      expect(found.pValue).toBeLessThan(1e-3)
    }
  })

  test('sees a shift of a standard deviation though a third of the scores are equal', () => {
    for (const shift of [-1, 1]) {
      expect(check(1, { calibration: 1000, images: 200, shift, saturated: 0.3 }).isDrift).toBe(true)
    }
  })

  test('is the largest distance between the two distributions, found by counting', () => {
    const random = createRandom('by counting')
    const known = Float64Array.from({ length: 40 }, () => random.integer(15)).sort()
    const scores = Float64Array.from({ length: 30 }, () => random.integer(18))
    const share = (of: Float64Array, limit: number) => of.filter((score) => score <= limit).length / of.length
    const distances = Array.from({ length: 18 }, (_, limit) => Math.abs(share(scores, limit) - share(known, limit)))
    // What lies above all calibration scores counts as equal to the largest of them.
    const expected = Math.max(...distances.slice(0, 14), Math.abs(share(scores, 17) - 1))
    expect(checkDrift(pValues(known, scores), { calibration: [known] }).statistic).toBeCloseTo(expected, 12)
  })

  describe('by class', () => {
    const sizes = [20, 400, 50]
    /** P-values of a batch of the classes in `shares`, each with scores of its own kind. */
    function byClass(seed: number, shares: readonly number[], images = 400) {
      const random = createRandom(`by class ${seed}`)
      const draw = (label: number) => Math.round(10 * random.normal() * (label + 1)) / 10
      const calibration = sizes.map((size, label) => Float64Array.from({ length: size }, () => draw(label)).sort())
      const predictions = Int32Array.from({ length: images }, () => {
        const at = random.uniform()
        return at < shares[0]! ? 0 : at < shares[0]! + shares[1]! ? 1 : 2
      })
      const values = Float64Array.from(
        predictions,
        (label) => pValues(calibration[label]!, Float64Array.of(draw(label)))[0]!,
      )
      return { values, calibration, predictions }
    }

    test('other shares of the classes are no drift, and a class with few calibration scores counts as such', () => {
      for (const shares of [
        [0.05, 0.85, 0.1],
        [0.9, 0.05, 0.05],
        [0, 0, 1],
      ]) {
        let alarms = 0
        for (let seed = 0; seed < 300; seed++) {
          const { values, ...options } = byClass(seed, shares)
          if (checkDrift(values, { ...options, alarmLevel: 0.1 }).isDrift) alarms++
        }
        expect(alarms / 300, String(shares)).toBeLessThan(0.17)
        expect(alarms / 300, String(shares)).toBeGreaterThan(0.02)
      }
    })

    test('refuses p-values whose classes are not known', () => {
      const { values, calibration, predictions } = byClass(1, [0.3, 0.3, 0.4])
      expect(() => checkDrift(values, { calibration })).toThrow('need as many predictions, not none')
      expect(() => checkDrift(values, { calibration, predictions: predictions.slice(1) })).toThrow('not 399')
      expect(() => checkDrift(values, { calibration, predictions: predictions.map(() => 3) })).toThrow('of class 3')
    })
  })

  test('refuses small batches and what is no p-value', () => {
    const calibration = [Float64Array.of(1, 2, 3)]
    expect(() => checkDrift(new Float64Array(7).fill(0.5), { calibration })).toThrow('at least 8 images')
    expect(() => checkDrift(new Float64Array(9), { calibration })).toThrow('p-value 0 is 0')
    expect(() => checkDrift(new Float64Array(9).fill(1), { calibration, alarmLevel: 0 })).toThrow('alarmLevel')
  })
})
