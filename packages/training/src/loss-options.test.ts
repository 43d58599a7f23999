import { expect, test } from 'vitest'
import { lossOptionsSchema } from './loss-options.ts'

test('a name alone stands for the loss with its defaults', () => {
  expect(lossOptionsSchema.parse('supcon+alpa')).toEqual({
    name: 'supcon+alpa',
    temperature: 0.1,
    baseTemperature: 0.07,
    projection: 128,
    alpa: { dimension: 80, inverseTemperature: 10, aggregation: 'mean', grid: 4 },
    alpaWeight: 1,
  })
})

test('an option of another loss is refused', () => {
  expect(() => lossOptionsSchema.parse({ name: 'ce', temperature: 0.1 })).toThrow('temperature')
})
