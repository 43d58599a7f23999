import { createRandom, InvalidOptionError } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { aurocInterval } from './auroc-interval.ts'
import { bootstrapInterval } from './bootstrap-interval.ts'
import { fprAtTpr } from './fpr-at-tpr.ts'

const random = createRandom('bootstrap')
const id = Float64Array.from({ length: 300 }, () => 1 + random.normal())
const ood = Float64Array.from({ length: 200 }, () => random.normal())

const fpr95 = (a: Float64Array, b: Float64Array) => fprAtTpr(a, b, { positive: 'id' })

test('agrees with DeLong on AUROC', () => {
  const [lower, upper] = bootstrapInterval(id, ood, { samples: 2000 })
  const [delongLower, delongUpper] = aurocInterval(id, ood)
  // The width is 0.09; the ends of 2,000 resamples are uncertain by 0.002.
  expect(Math.abs(lower - delongLower)).toBeLessThan(0.006)
  expect(Math.abs(upper - delongUpper)).toBeLessThan(0.006)
})

test('resamples each side from itself, to its own size', () => {
  const sizes = new Set<string>()
  bootstrapInterval([1, 2, 3], [10, 20], {
    samples: 50,
    metric(a, b) {
      sizes.add(`${a.length} ${b.length} ${a.every((x) => x < 5)} ${b.every((x) => x > 5)}`)
      return 0
    },
  })
  expect([...sizes]).toEqual(['3 2 true true'])
})

test('the mean of n values has the standard deviation of theory', () => {
  const values = Float64Array.from({ length: 400 }, (_, i) => i)
  const [lower, upper] = bootstrapInterval(values, [0], {
    metric: (a) => a.reduce((sum, x) => sum + x, 0) / a.length,
    samples: 4000,
  })
  const deviation = Math.sqrt((400 ** 2 - 1) / 12 / 400)
  expect((upper - lower) / (2 * 1.96 * deviation)).toBeCloseTo(1, 1)
  expect((upper + lower) / 2).toBeCloseTo(199.5, -1)
})

test('quantiles interpolate linearly between resamples, as numpy does', () => {
  let call = 0
  const metric = () => [40, 10, 30, 20][call++]!
  // numpy.quantile([10, 20, 30, 40], [0.25, 0.75])
  expect(bootstrapInterval([1], [0], { metric, samples: 4, level: 0.5 })).toEqual([17.5, 32.5])
})

test('takes any metric, and a seed repeats it', () => {
  const first = bootstrapInterval(id, ood, { metric: fpr95, samples: 100, seed: 1 })
  expect(bootstrapInterval(id, ood, { metric: fpr95, samples: 100, seed: 1 })).toEqual(first)
  expect(bootstrapInterval(id, ood, { metric: fpr95, samples: 100, seed: 2 })).not.toEqual(first)
})

test('collapses where no resample differs', () => {
  expect(bootstrapInterval([2, 3], [0, 1], { samples: 20 })).toEqual([1, 1])
})

test.each([{ samples: 0 }, { samples: 1.5 }, { level: 0 }, { level: 1 }])('refuses %o', (options) => {
  expect(() => bootstrapInterval([1], [0], options)).toThrow(InvalidOptionError)
})
