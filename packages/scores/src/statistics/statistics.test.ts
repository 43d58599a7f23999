import { createMatrix, createRandom } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { linearPercentile } from './linear-percentile.ts'
import { pooledPercentiles } from './pooled-percentiles.ts'
import { createRowSample } from './row-sample.ts'
import { createScatter } from './scatter.ts'

const random = createRandom('statistics')

describe('pooledPercentiles', () => {
  const batches = (values: Float32Array, size: number) =>
    Array.from({ length: Math.ceil(values.length / size) }, (_, i) => {
      const data = values.slice(i * size, (i + 1) * size)
      return { embedding: createMatrix(1, data.length, data), labels: Int32Array.of(0) }
    })

  test.each([
    ['spread over signs and magnitudes', (i: number) => random.normal() * 10 ** ((i % 9) - 4)],
    ['after a ReLU', () => Math.max(0, random.normal())],
    ['all equal', () => 1.5],
    ['within one bin of 16 bits', () => 1 + random.uniform() * 1e-3],
    ['zeros of both signs', (i: number) => (i % 2 === 0 ? 0 : -0)],
  ])('%s: those of sorting all values', async (_, value) => {
    const values = Float32Array.from({ length: 1003 }, (_one, i) => value(i))
    const asked = [0, 10, 33.3, 50, 90, 99.9, 100]
    const sorted = Float64Array.from(values).sort()
    const found = await pooledPercentiles('test', batches(values, 64), asked)
    for (const [i, p] of asked.entries()) expect(found[i]).toBeCloseTo(linearPercentile(sorted, p), 12)
  })

  test('one value is every percentile', async () => {
    expect(await pooledPercentiles('test', batches(Float32Array.of(-2.5), 1), [0, 50, 100])).toEqual([-2.5, -2.5, -2.5])
  })

  test('between two values it is interpolated', async () => {
    expect(await pooledPercentiles('test', batches(Float32Array.of(8, 4), 1), [25])).toEqual([5])
  })
})

describe('createScatter', () => {
  test.each([1, 4, 7])('%i dimensions: the sum of outer products, whatever the number of rows', (dimension) => {
    for (const count of [0, 1, 63, 64, 65, 200]) {
      const scatter = createScatter(dimension)
      const expected = new Float64Array(dimension * dimension)
      for (let row = 0; row < count; row++) {
        const x = Float64Array.from({ length: dimension }, () => random.normal())
        const weight = row % 3
        scatter.add(x, weight)
        for (let k = 0; k < expected.length; k++) {
          expected[k]! += weight * x[Math.floor(k / dimension)]! * x[k % dimension]!
        }
      }
      const gaps = scatter.sum().map((value, k) => Math.abs(value - expected[k]!))
      expect(Math.max(...gaps)).toBeLessThan(1e-10)
    }
  })
})

describe('createRowSample', () => {
  const sampleOf = (count: number, fraction: number, atLeast: number, seed = 0) => {
    const sample = createRowSample<number>(fraction, atLeast, seed)
    for (let i = 0; i < count; i++) sample.offer(() => i)
    return sample.items()
  }

  test.each([
    [1000, 0.01, 1, 10],
    [1000, 0.3, 1, 300],
    [1000, 1, 1, 1000],
    [1000, 0.01, 50, 50],
    [30, 0.01, 50, 30],
    [0, 0.5, 5, 0],
  ])('of %i items the fraction %d, at least %i: %i', (count, fraction, atLeast, expected) => {
    const items = sampleOf(count, fraction, atLeast)
    expect(items).toHaveLength(expected)
    expect(new Set(items).size).toBe(expected)
  })

  test('every stretch of the data has its share, and every item the same chance', () => {
    const times = new Float64Array(40)
    for (let seed = 0; seed < 2000; seed++) {
      for (const [stretch, i] of sampleOf(40, 0.25, 1, seed).entries()) {
        if (Math.floor(i / 4) === stretch) times[i]!++
      }
    }
    // Binomial with 2,000 tries at 1/4: five standard deviations.
    for (const count of times) expect(Math.abs(count - 500)).toBeLessThan(5 * Math.sqrt(375))
  })

  test('where a number decides, every item has the same chance too', () => {
    const times = new Float64Array(20)
    for (let seed = 0; seed < 2000; seed++) for (const i of sampleOf(20, 0.01, 5, seed)) times[i]!++
    for (const count of times) expect(Math.abs(count - 500)).toBeLessThan(5 * Math.sqrt(375))
  })
})
