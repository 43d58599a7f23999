import { auroc, fprAtTpr } from '@mode-ood/metrics'
import { expect, test } from 'vitest'
import { measureDecision } from './measure-decision.ts'

const knn = {
  id: Float64Array.of(5, 4, 3, 2, 1.5),
  ood: new Map([['tin_a', Float64Array.of(4.5, 1, 0, 0.5)]]),
}
const better = { id: knn.id, ood: new Map([['tin_a', Float64Array.of(1.6, 1, 0, 0.5)]]) }
const groups = new Map([['tin_a', 'near' as const]])

test('measures a decision on every set, and beside k-NN on the same images', () => {
  const [measured] = measureDecision(better, { knn, groups })
  expect(measured).toMatchObject({ set: 'tin_a', group: 'near', count: 4, auroc: 0.95 })
  const ood = better.ood.get('tin_a')!
  expect(measured!.fpr95IdPositive).toBe(fprAtTpr(knn.id, ood, { positive: 'id' }))
  expect(measured!.overKnn.value).toBeCloseTo(0.95 - auroc(knn.id, knn.ood.get('tin_a')!), 12)
})

test('k-NN is neither ahead of itself nor behind', () => {
  const [measured] = measureDecision(knn, { knn, groups })
  expect(measured!.overKnn).toEqual({ value: 0, interval: [0, 0], pValue: 1 })
})
