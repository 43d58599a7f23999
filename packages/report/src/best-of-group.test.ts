import { aurocInterval, auroc, pairedDelong } from '@mode-ood/metrics'
import { createRandom } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { bestOfGroup } from './best-of-group.ts'
import { arrangeResults } from './results.test.fixture.ts'
import { matchScores, type LabelledResult } from './scored-images.ts'

/** Two scores on two far sets, both worth their AUROC; `gap` is how much better the first one sees the ID images. */
function arrange(gap: number, count = 200): LabelledResult[] {
  const random = createRandom(3)
  const draw = (mean: number) => Float64Array.from({ length: count }, () => mean + random.normal())
  const sets = ['a', 'b', 'c']
  const { results } = arrangeResults({ scores: ['second', 'first'], sets, count })
  const noise = draw(0)
  const make = (shift: number) => ({
    id: noise.map((value) => value + 1 + shift),
    ood: new Map(sets.map((set) => [set, draw(0)])),
  })
  const scored = new Map([
    ['second', make(0)],
    ['first', make(gap)],
  ])
  return matchScores(results, { scores: scored }).map((labelled) => {
    const measured = labelled.result.sets.map((set) => {
      const ood = labelled.images.ood.get(set.name)!
      return { ...set, auroc: auroc(labelled.images.id, ood), aurocInterval: aurocInterval(labelled.images.id, ood) }
    })
    const near = measured.filter(({ group }) => group === 'near')
    const mean = near.reduce((sum, set) => sum + set.auroc, 0) / near.length
    const averages = { ...labelled.result.averages, near: { ...labelled.result.averages.all, auroc: mean } }
    return { ...labelled, result: { ...labelled.result, sets: measured, averages } }
  })
}

test('a wide lead is found significant, by the mean of the paired tests', () => {
  const labelled = arrange(1)
  const found = bestOfGroup(labelled, 'near')
  expect([found.label, found.sets, found.next!.label]).toEqual(['first', 2, 'second'])
  const [second, first] = labelled as [LabelledResult, LabelledResult]
  const pairs = ['a', 'c'].map((set) => {
    const side = ({ images }: LabelledResult) => ({ id: images.id, ood: images.ood.get(set)! })
    return pairedDelong(side(first), side(second))
  })
  expect(found.next!.difference).toBeCloseTo((pairs[0]!.difference + pairs[1]!.difference) / 2, 12)
  expect(found.next!.interval![0]).toBeCloseTo((pairs[0]!.interval[0] + pairs[1]!.interval[0]) / 2, 12)
  expect(found.next!.interval![0]).toBeGreaterThan(0)
})

test('a lead within chance is not', () => {
  const { next } = bestOfGroup(arrange(0.01), 'near')
  expect(next!.interval![0]).toBeLessThan(0)
})

test('one image a side: no test', () => {
  const { results, scored } = arrangeResults({ count: 1 })
  expect(bestOfGroup(matchScores(results, scored), 'near').next!.interval).toBe(null)
})
