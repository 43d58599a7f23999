import { createRandom } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { squaredDistance } from '../squared-distance.ts'
import { greatestRanked, leastDistance } from './float32-bounds.ts'
import { ExactSelection } from './exact-selection.ts'

/** The squared distance in float32, every step rounded, terms summed in an order of chance. */
function ranked(a: Float32Array, b: Float32Array, order: readonly number[]): number {
  let sum = 0
  for (const i of order) {
    const difference = Math.fround(a[i]! - b[i]!)
    sum = Math.fround(sum + Math.fround(difference * difference))
  }
  return sum
}

test.each([1, 7, 300, 2048])('bounds hold for sums in float32 of any order, dimension %i', (dimension) => {
  const random = createRandom(`bounds ${dimension}`)
  for (const scale of [1, 1e-3, 1e-18, 1e-22, 1e-38, 1e15, 1e19, 1e38]) {
    for (let trial = 0; trial < 20; trial++) {
      const draw = () =>
        Float32Array.from({ length: dimension }, () => Math.max(-3e38, Math.min(3e38, scale * random.normal())))
      const a = draw()
      const b = trial % 2 ? draw() : a.map((x) => x * (1 - 1e-6 * random.uniform()))
      const exact = squaredDistance(a, 0, b, 0, dimension)
      const order = Array.from({ length: dimension }, (_, i) => i).sort(() => random.uniform() - 0.5)
      const found = ranked(a, b, order)
      expect(leastDistance(found, dimension)).toBeLessThanOrEqual(exact)
      expect(greatestRanked(exact, dimension)).toBeGreaterThanOrEqual(found)
    }
  }
})

test('a vector is excluded only where rounding cannot have hidden it', () => {
  const selection = new ExactSelection(Float32Array.of(0, 0), 1)
  expect(selection.excludes(1e30)).toBe(false)
  selection.offer(4, Float32Array.of(3, 4))
  expect(selection.excludes(25)).toBe(false)
  expect(selection.excludes(25 * (1 + 1e-7))).toBe(false)
  expect(selection.excludes(25.001)).toBe(true)
  expect(selection.reach).toBeGreaterThan(25)
  selection.offer(3, Float32Array.of(4, 3))
  const distances = new Float64Array(1)
  const indices = new Int32Array(1)
  selection.drain(distances, indices, 0)
  expect([distances[0], indices[0]]).toEqual([25, 3])
})
