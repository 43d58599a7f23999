import { describe, expect, test } from 'vitest'
import { bins, scoreHistogram } from './score-histogram.ts'

const total = (shares: Float64Array) => shares.reduce((sum, share) => sum + share, 0)

describe('scoreHistogram', () => {
  test('counts every image once', () => {
    const { id, ood } = scoreHistogram(Float64Array.of(4, 3, 3, 1), Float64Array.of(2, 1, 0, 0))
    expect([total(id), total(ood)]).toEqual([1, 1])
    expect([id[bins - 1], ood[0], ood[bins / 2]]).toEqual([0.25, 0.5, 0.25])
  })

  test('constant scores fill the middle bin', () => {
    const { id, ood, ticks } = scoreHistogram(Float64Array.of(7, 7), Float64Array.of(7))
    expect([id[bins / 2], ood[bins / 2]]).toEqual([1, 1])
    expect(ticks).toEqual([{ position: bins / 2, text: '7' }])
  })

  test('one outlier in a thousand does not press all else into one bin', () => {
    const id = Float64Array.from({ length: 1000 }, (_, i) => (i === 0 ? -1e9 : i / 1000))
    const { id: shares } = scoreHistogram(id, id)
    expect(Math.max(...shares)).toBeLessThan(0.03)
    expect(total(shares)).toBeCloseTo(1, 12)
  })

  test.each([
    [-1e308, 1e308],
    [0, 5e-324],
    [1e16, 1e16 + 2],
    [-1.79e308, -1.78e308],
  ])('scores from %d to %d are drawn at finite places', (low, high) => {
    const { id, ood, ticks } = scoreHistogram(Float64Array.of(high), Float64Array.of(low))
    expect([total(id), total(ood)]).toEqual([1, 1])
    expect(ticks.length).toBeGreaterThan(0)
    for (const { position } of ticks) expect(position >= 0 && position <= bins).toBe(true)
  })

  test.each([
    [0.31, 0.99],
    [-0.47, -0.02],
    [-6.1, 18],
    [1200, 1300],
  ])('ticks of %d to %d are round, two to five', (low, high) => {
    const { ticks } = scoreHistogram(Float64Array.of(high), Float64Array.of(low))
    expect(ticks.length).toBeGreaterThanOrEqual(2)
    expect(ticks.length).toBeLessThanOrEqual(5)
    for (const { text } of ticks) expect(text.length).toBeLessThanOrEqual(5)
  })
})
