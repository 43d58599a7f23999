import { expect, test } from 'vitest'
import { tableFormats } from './copy-table.ts'
import { rankRows, type RankingTable } from './ranking-table.ts'

const table: RankingTable = {
  labels: ['a_b | 50 %', '=SUM("x")'],
  columns: [
    {
      title: 'AUROC',
      better: 'higher',
      values: [0.81234, 0.9],
      intervals: [
        [0.8, 0.82],
        [0.89, 0.91],
      ],
    },
    { title: 'FPR@95', better: 'lower', values: [0.5, 0.25] },
  ],
}

test('Markdown, with what would be markup escaped', () => {
  expect(tableFormats['Markdown']!(table, [1, 0])).toBe(String.raw`| Score | AUROC | FPR@95 |
| --- | --: | --: |
| =SUM("x") | 90.00 | 25.00 |
| a\_b \| 50 % | 81.23 | 50.00 |`)
})

test('CSV with all digits, intervals, and no formula', () => {
  const lines = tableFormats['CSV']!(table, [0, 1]).split('\r\n')
  expect(lines).toEqual([
    '"Score","AUROC","AUROC low","AUROC high","FPR@95"',
    '"a_b | 50 %",0.81234,0.8,0.82,0.5',
    `"'=SUM(""x"")",0.9,0.89,0.91,0.25`,
  ])
})

test('LaTeX', () => {
  const latex = tableFormats['LaTeX']!(table, [0])
  expect(latex).toContain(String.raw`a\_b | 50 \% & 81.23 & 50.00 \\`)
  expect(latex).toContain(String.raw`\begin{tabular}{lrr}`)
})

test('rows are ranked by what is better of a column', () => {
  expect(rankRows(table, 0, false)).toEqual([1, 0])
  expect(rankRows(table, 1, false)).toEqual([1, 0])
  expect(rankRows(table, 1, true)).toEqual([0, 1])
  expect(rankRows(table, null, false)).toEqual([0, 1])
})
