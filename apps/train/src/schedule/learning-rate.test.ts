import { describe, expect, test } from 'vitest'
import { learningRate } from './learning-rate.ts'
import { scheduleSchema, type ScheduleConfig } from './schedule-config.ts'

const run = { epochs: 10, stepsPerEpoch: 4 }
const rates = (schedule: object) =>
  Array.from({ length: 40 }, (_, step) => learningRate(step, scheduleSchema.parse(schedule) as ScheduleConfig, run))

describe('cosine', () => {
  test('by steps begins at the highest rate, passes the middle halfway and would end at the final one', () => {
    const by = rates({ name: 'cosine', final: 0.2 })
    expect(by[0]).toBe(1)
    expect(by[20]).toBeCloseTo(0.6, 12)
    expect(by[10]! + by[30]!).toBeCloseTo(1.2, 12)
    expect(by[39]! - 0.2).toBeCloseTo(0.8 * Math.sin(Math.PI / 80) ** 2, 12)
  })

  test('by epochs is the papers’: eta_min + (1 - eta_min)(1 + cos(pi epoch / epochs)) / 2, epochs from 1', () => {
    const by = rates({ name: 'cosine', per: 'epoch', final: 1e-3 })
    for (let epoch = 1; epoch <= 10; epoch++) {
      const expected = 1e-3 + ((1 - 1e-3) * (1 + Math.cos((Math.PI * epoch) / 10))) / 2
      for (const rate of by.slice((epoch - 1) * 4, epoch * 4)) expect(rate).toBeCloseTo(expected, 12)
    }
    expect(by.at(-1)).toBeCloseTo(1e-3, 12)
  })
})

test('a stair falls where it is told to', () => {
  const by = rates({ name: 'step', at: [3, 7], factor: 0.5 })
  expect([by[11], by[12], by[27], by[28], by[39]]).toEqual([1, 0.5, 0.5, 0.25, 0.25])
})

test('a warm-up rises evenly to where the schedule is when it ends', () => {
  const by = rates({ name: 'cosine', per: 'epoch', warmUp: { epochs: 2, from: 0.02 } })
  const target = (1 + Math.cos((Math.PI * 3) / 10)) / 2
  expect(by[0]).toBe(0.02)
  expect(by[4]).toBeCloseTo((0.02 + target) / 2, 12)
  expect(by[8]).toBeCloseTo(target, 12)
  const constant = rates({ name: 'constant', warmUp: { epochs: 0.5 } })
  expect(constant.slice(0, 4)).toEqual([0.1, 0.55, 1, 1])
})

test('no rate is negative, and after the warm-up none rises', () => {
  for (const schedule of [{ name: 'cosine' }, { name: 'cosine', per: 'epoch' }, { name: 'step', at: [1] }]) {
    const by = rates(schedule)
    for (const [i, rate] of by.entries()) {
      expect(rate).toBeGreaterThanOrEqual(0)
      expect(rate).toBeLessThanOrEqual(by[Math.max(0, i - 1)]!)
    }
  }
})
