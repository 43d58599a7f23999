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

/** P-values of a batch drawn from a normal distribution around `shift`, by a calibration drawn around 0. */
function batch(seed: number, { calibration, images, shift }: { calibration: number; images: number; shift: number }) {
  const random = createRandom(`drift ${seed}`)
  const known = Float64Array.from({ length: calibration }, () => random.normal()).sort()
  return pValues(
    known,
    Float64Array.from({ length: images }, () => random.normal() + shift),
  )
}

describe('checkDrift', () => {
  test('raises false alarms at about the level asked for, however large the batch is beside the calibration', () => {
    for (const [calibration, images] of [
      [200, 40],
      [200, 200],
      [100, 1000],
    ] as const) {
      let alarms = 0
      for (let seed = 0; seed < 1000; seed++) {
        const { isDrift } = checkDrift(batch(seed, { calibration, images, shift: 0 }), {
          calibrationCount: calibration,
          alarmLevel: 0.1,
        })
        if (isDrift) alarms++
      }
      // 0.1 with four standard deviations above; the test may be cautious, but not idle.
      expect(alarms / 1000, `${calibration} against ${images}`).toBeLessThan(0.138)
      expect(alarms / 1000, `${calibration} against ${images}`).toBeGreaterThan(0.04)
    }
  })

  test('sees a shift of half a standard deviation in 200 images, in both directions', () => {
    for (const shift of [-0.5, 0.5]) {
      const found = checkDrift(batch(1, { calibration: 1000, images: 200, shift }), { calibrationCount: 1000 })
      expect(found).toMatchObject({ isDrift: true })
      expect(found.pValue).toBeLessThan(1e-3)
    }
  })

  test('by hand: eight p-values in the lower half of a fine grid are half a unit from uniform', () => {
    const values = Float64Array.from({ length: 8 }, (_, i) => (i + 1) / 16)
    expect(checkDrift(values, { calibrationCount: 1e6 }).statistic).toBeCloseTo(0.5, 12)
  })

  test('refuses small batches and what is no p-value', () => {
    expect(() => checkDrift(new Float64Array(7).fill(0.5), { calibrationCount: 9 })).toThrow('at least 8 images')
    expect(() => checkDrift(new Float64Array(9), { calibrationCount: 9 })).toThrow('p-value 0 is 0')
    expect(() => checkDrift(new Float64Array(9).fill(1), { calibrationCount: 9, alarmLevel: 0 })).toThrow('alarmLevel')
  })
})
