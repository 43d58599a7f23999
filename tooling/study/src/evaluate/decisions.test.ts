import { createTestOutputs, selectOutputs } from '@mode-ood/core/test'
import { csd } from '@mode-ood/csd'
import { expect, test } from 'vitest'
import { decide, decisions, k } from './decisions.ts'
import { heldOutDistances } from './held-out-distances.ts'
import { heldOutAurocs } from './score-decisions.ts'
import { measureDistances } from './view-distances.ts'

const { training: whole, ood } = createTestOutputs('decisions')
const rows = Array.from({ length: 60 }, (_, i) => i)
const training = { ...selectOutputs(whole, rows), labels: whole.labels.slice(0, 60) }
const once = <T>(batch: T, name = '') => ({ dataset: { name }, batches: () => [batch] })
const sets = { train: once(training), id: once(training), ood: [once(ood, 'other')] } as never

test('every decision is the score that csd gives with its options', async () => {
  const distances = {
    shared: await measureDistances(sets, 'shared'),
    'per-view': await measureDistances(sets, 'per-view'),
  }
  const ofCsd = decisions.filter((decision) => decision.csd !== null && !decision.views)
  expect(ofCsd).toHaveLength(9)
  for (const decision of ofCsd) {
    const fitted = await csd({ k, ...decision.csd }).fit([training])
    const { id, ood: others, scales } = distances[decision.csd!.banks ?? 'shared']
    expect([decision.name, decide(others.get('other')!, scales, decision)]).toEqual([
      decision.name,
      await fitted.score(ood),
    ])
    expect(decide(id, scales, decision)).toEqual(await fitted.score(training))
    await fitted.close()
  }
})

test('a decision of some views does not look at the others', () => {
  const distances = Float64Array.of(1, 2, 3, 6, 99, 99, 4, 4, 4, 8, 0, 0)
  const scales = { medians: new Float64Array(6), spreads: new Float64Array(6).fill(1) }
  const quadrants = decisions.find(({ views }) => views)!
  expect(decide(distances, scales, quadrants)).toEqual(Float64Array.of(-3, -5))
})

test('of a class that the bank lacks the distances are those to the other classes', async () => {
  const labels = training.labels.map((_, i) => i % 3)
  const train = { ...once({ ...training, labels }), count: 60 }
  const distances = await heldOutDistances(train as never, 'shared')
  // image after image of each class, 0, 1, 2; looked at by brute force in the first and the last image
  const { views, dimension, data } = training.views
  const vector = (at: number) => data.subarray(at * dimension, (at + 1) * dimension)
  const bruteDistances = (image: number) =>
    Array.from({ length: views }, (_, view) => {
      const query = vector(image * views + view)
      const others = Array.from({ length: 60 * views }, (__, at) => at).filter(
        (at) => labels[Math.floor(at / views)] !== labels[image],
      )
      const squared = others.map((at) => vector(at).reduce((sum, x, d) => sum + (x - query[d]!) ** 2, 0))
      return squared.toSorted((a, b) => a - b)[k - 1]!
    })
  expect(distances).toHaveLength(60 * views)
  for (const [position, image] of [
    [0, 0],
    [20, 1],
    [59, 59],
  ] as const) {
    for (const [view, distance] of bruteDistances(image).entries()) {
      expect(distances[position * views + view]).toBeCloseTo(distance, 9)
    }
  }
})

test('k-NN is judged by the whole view alone', () => {
  // only the whole view, the fifth, tells the two kinds apart; the others mislead
  const near = Float64Array.of(5, 5, 5, 5, 1, 5, 5, 5, 5, 5, 2, 5)
  const far = Float64Array.of(4, 4, 4, 4, 6, 4, 4, 4, 4, 4, 7, 4)
  const scales = { medians: new Float64Array(6), spreads: new Float64Array(6).fill(1) }
  const distances = { id: near, ood: new Map(), training: near, heldOut: far, scales }
  const aurocs = heldOutAurocs({ shared: distances, 'per-view': distances })
  expect([aurocs.get('knn'), aurocs.get('quadrants per-view mean')]).toEqual([1, 0])
})
