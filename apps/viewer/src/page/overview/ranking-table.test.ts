import type { LabelledResult, Results } from '@mode-ood/report'
import { expect, test } from 'vitest'
import { tableFormats } from './copy-table.ts'
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

test('a set shows how far each score is behind its best, with the p-values of the run', () => {
  const scores = [score('slow', 0.5), score('good', 0.6875), score('best', 0.75)]
  const deficit = (label: string, difference: number, adjustedPValue: number) => ({
    label,
    behind: { difference, interval: [difference - 1 / 64, difference + 1 / 64], pValue: 0.9, adjustedPValue },
  })
  const ranking = {
    set: 'far',
    scores: [ranked('best', null), deficit('good', 0.0625, 0.3), deficit('slow', 0.25, 1e-9)],
  }
  const table = rankingTable(scores, results([ranking]), { kind: 'set', set: 'far' })
  expect(table.columns.slice(0, 3).map(({ title }) => title)).toEqual(['AUROC', 'AUROC behind the best', 'p (Holm)'])
  expect(table.columns[1]!.values).toEqual([0.25, 0.0625, 0])
  expect(table.columns[1]!.intervals!.at(-1)).toEqual([0, 0])
  const row = (format: string, at: number) =>
    tableFormats[format]!({ ...table, columns: table.columns.slice(1, 3) }, [at])
  expect(row('Markdown', 0)).toContain(String.raw`| slow | 25.00 | \< 0.001 |`)
  expect(row('Markdown', 1)).toContain('| good | 6.25 | 0.300 |')
  expect(row('CSV', 0)).toContain('"slow",0.25,0.234375,0.265625,1e-9')
  expect(row('LaTeX', 0)).toContain(String.raw`slow & 25.00 & \textless{} 0.001`)
})

test('too few images for a test show no deficits', () => {
  const scores = [score('good', 0.85), score('best', 0.86)]
  const ranking = { set: 'far', scores: [ranked('best', null), ranked('good', null)] }
  const table = rankingTable(scores, results([ranking]), { kind: 'set', set: 'far' })
  expect(table.columns[1]!.title).not.toContain('behind')
})
