import { createRandom } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { nearestAccuracy } from './nearest-accuracy.ts'

/** Images whose every vector points to its class, but the quadrants of half of them, which point to the next. */
function createSet(count: number, seed: number) {
  const random = createRandom(seed)
  const labels = Int32Array.from({ length: count }, (_, i) => i % 4)
  const vector = (label: number) =>
    Array.from({ length: 4 }, (_, c) => (c === label % 4 ? 1 : 0) + random.uniform() / 100)
  const embedding = { rows: count, columns: 4, data: Float32Array.from([...labels].flatMap(vector)) }
  const views = [...labels].flatMap((label, i) =>
    [0, 1, 2, 3, 4, 5].flatMap((view) => vector(view < 4 && i >= count / 2 ? label + 1 : label)),
  )
  const batch = { embedding, views: { count, views: 6, dimension: 4, data: Float32Array.from(views) }, labels }
  return { count, batches: () => [batch] }
}

test('tells how many images, and how many quadrants, lie among their class', async () => {
  const accuracy = await nearestAccuracy({ train: createSet(160, 1), id: createSet(40, 2) } as never)
  expect(accuracy.embedding).toBe(1)
  // Among whole images half of the quadrants lie in the next class.
  expect(accuracy.quadrantsAcross).toBe(0.5)
})
