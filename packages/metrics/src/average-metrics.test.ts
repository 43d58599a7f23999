import { InvalidInputError } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { auroc } from './auroc.ts'
import { averageMetrics } from './average-metrics.ts'

test('every set counts alike', () => {
  const averages = averageMetrics([
    { group: 'near', metrics: { auroc: 0.5, fpr95: 1 } },
    { group: 'far', metrics: { auroc: 0.75, fpr95: 0.5 } },
    { group: 'far', metrics: { auroc: 1, fpr95: 0 } },
  ])
  expect(averages).toEqual({
    near: { auroc: 0.5, fpr95: 1 },
    far: { auroc: 0.875, fpr95: 0.25 },
    all: { auroc: 0.75, fpr95: 0.5 },
  })
})

test('is not the metric of the pooled images', () => {
  const id = [1, 3]
  const small = [4]
  const large = [0, 0, 2]
  const average = averageMetrics([
    { group: 'near', metrics: { auroc: auroc(id, small) } },
    { group: 'near', metrics: { auroc: auroc(id, large) } },
  ]).near?.auroc
  expect(average).toBeCloseTo(5 / 12, 14)
  expect(auroc(id, [...small, ...large])).toBe(5 / 8)
})

test('a group without sets is absent', () => {
  expect(Object.keys(averageMetrics([{ group: 'far', metrics: { auroc: 1 } }]))).toEqual(['far', 'all'])
})

test('refuses nothing to average, an unknown group, a missing or unfinite metric', () => {
  const good = { group: 'far', metrics: { auroc: 1 } } as const
  expect(() => averageMetrics([])).toThrow(InvalidInputError)
  // @ts-expect-error -- no such group
  expect(() => averageMetrics([{ ...good, group: 'all' }])).toThrow('OOD set 0 is in group all')
  expect(() => averageMetrics([good, { group: 'far', metrics: { auroc: Number.NaN } }])).toThrow('in OOD set 1')
  const missing = { group: 'far', metrics: {} as { auroc: number } } as const
  expect(() => averageMetrics([good, missing])).toThrow('metric "auroc" is undefined in OOD set 1')
  expect(() => averageMetrics([missing, good])).toThrow('metric "auroc" is undefined in OOD set 0')
})
