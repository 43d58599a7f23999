import { expect, test } from 'vitest'
import type { Explanation } from '../data/explanation.ts'
import { explainImage, heatMapOf, idDistancesOf } from './explain-image.ts'

/** Three images of two views, the first two ID; two neighbours a view. */
const explanation: Explanation = {
  score: 'csd',
  views: 2,
  k: 2,
  mapHeight: 4,
  mapWidth: 4,
  windowHeight: 2,
  windowWidth: 2,
  windows: [],
  distances: Float32Array.of(0.5, 0.25, 1, 2, 0.75, 4),
  neighbors: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
  neighborDistances: Float32Array.from({ length: 12 }, (_, i) => i / 8),
  trainingLabels: new Int32Array(6),
  classNames: null,
  heatRows: Int32Array.of(0, 2),
  heat: Float32Array.from({ length: 18 }, (_, i) => i),
}

test('the view of the least distance decides, and quantiles are among the same view of ID images', () => {
  const id = idDistancesOf(explanation, 2)
  const { deciding, views } = explainImage(explanation, id, 2)
  expect(deciding).toBe(0)
  expect(views.map(({ distance, quantile }) => [distance, quantile])).toEqual([
    [0.75, 0.5],
    [4, 1],
  ])
  expect(views[1]!.neighbors).toEqual([
    { image: 5, view: 0, distance: 1.25 },
    { image: 5, view: 1, distance: 1.375 },
  ])
  expect(explainImage(explanation, id, 0).deciding).toBe(1)
})

test('an image has its own heat map, or none', () => {
  expect([...heatMapOf(explanation, 2)!.values]).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17])
  expect(heatMapOf(explanation, 2)).toMatchObject({ rows: 3, columns: 3 })
  expect(heatMapOf(explanation, 1)).toBeNull()
})
