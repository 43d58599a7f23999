import { createRandom } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { squaredDistance } from '../squared-distance.ts'
import { NearestCenters } from './nearest-centers.ts'

test.each([
  [1, 4],
  [3, 8],
  [64, 16],
  [131, 64],
  [70, 2048],
])('of %i centres in dimension %i the nearest is found', (count, dimension) => {
  const { normal } = createRandom(count)
  const draw = (rows: number) => Float32Array.from({ length: rows * dimension }, () => normal())
  const nearest = new NearestCenters(dimension, 40, 140)
  // More centres before leave nothing behind.
  nearest.setCenters(draw(140).fill(0))
  const centers = draw(count)
  nearest.setCenters(centers)
  for (const rows of [40, 7]) {
    const points = draw(rows)
    const found: number[] = []
    nearest.find(points, (row, group, score) => {
      const squaredNorm = squaredDistance(points, row * dimension, new Float32Array(dimension), 0, dimension)
      const distance = squaredDistance(points, row * dimension, centers, group * dimension, dimension)
      expect(squaredNorm - 2 * score).toBeCloseTo(distance, 1)
      found[row] = distance
    })
    const least = Array.from({ length: rows }, (_, row) =>
      Math.min(
        ...Array.from({ length: count }, (__, group) =>
          squaredDistance(points, row * dimension, centers, group * dimension, dimension),
        ),
      ),
    )
    for (const [row, distance] of least.entries()) expect(found[row]).toBeCloseTo(distance, 1)
  }
})
