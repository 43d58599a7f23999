import { createTestOutputs, selectOutputs } from '@mode-ood/core/test'
import { csd } from '@mode-ood/csd'
import { expect, test } from 'vitest'
import { decide, decisions, k } from './decisions.ts'
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
