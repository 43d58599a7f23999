import type { LabelledResult, Results } from '@mode-ood/report'
import { expect, test } from 'vitest'
import { rankingTable } from './ranking-table.ts'

const set = { name: 'far', group: 'far', aurocInterval: [0.8, 0.9] as const }
const score = (label: string, auroc: number) =>
  ({
    label,
    result: { sets: [{ ...set, auroc }], averages: { far: { auroc }, all: { auroc } } },
  }) as unknown as LabelledResult
const ranked = (label: string, adjustedPValue: number | null) => ({
  label,
  behind: adjustedPValue === null ? null : { adjustedPValue },
})
const results = (rankings?: unknown) => ({ ood: [{ name: 'far', group: 'far' }], rankings }) as unknown as Results

test('AUROC on a set says which scores are not significantly behind its best', () => {
  const scores = [score('slow', 0.5), score('good', 0.85), score('best', 0.86)]
  const ranking = [{ set: 'far', scores: [ranked('best', null), ranked('good', 0.3), ranked('slow', 0.001)] }]
  const [onSet, ...means] = rankingTable(scores, results(ranking), { kind: 'metric', metric: 'auroc' }).columns
  expect(onSet!.leading).toEqual([false, true, true])
  expect(means.map(({ leading }) => leading)).toEqual([undefined, undefined])
  const older = rankingTable(scores, results(), { kind: 'set', set: 'far' })
  expect(older.columns.every(({ leading }) => leading === undefined)).toBe(true)
})
