import stringWidth from 'string-width'
import { wrapText } from './fit-text.ts'
import { percent } from './metric-columns.ts'
import type { TableOptions } from './render-table.ts'
import type { PublishedRow, PublishedTable, Results } from './results.ts'
import { publishedCaution } from './published-section.ts'

/** The tables of papers that the results carry, each with its protocol and its sources, for a terminal; `''` where there is none. */
export function renderPublished({ published = [] }: Results, options: TableOptions = {}): string {
  if (published.length === 0) return ''
  const width = Math.max(40, options.width ?? 100)
  return [
    ...wrapText(`Published: ${publishedCaution}`, width),
    ...published.flatMap((table) => ['', ...renderTable(table, width)]),
  ].join('\n')
}

function renderTable({ title, protocol, rows }: PublishedTable, width: number): string[] {
  const sources = [...new Set(rows.map(({ source }) => source))]
  const name = (row: PublishedRow) => `${row.method} [${sources.indexOf(row.source) + 1}]${row.note ? ' †' : ''}`
  const widest = Math.max(6, ...rows.map((row) => stringWidth(name(row))))
  const line = (method: string, auroc: string, fpr: string) =>
    `${method}${' '.repeat(widest - stringWidth(method))}  ${auroc.padStart(6)}  ${fpr.padStart(6)}`
  return [
    ...wrapText(`${title}: ${protocol}`, width),
    line('method', 'AUROC', 'FPR-id'),
    ...rows.map((row) => line(name(row), percent(row.auroc), percent(row.fpr95IdPositive))),
    ...rows.flatMap(({ note }) => (note ? wrapText(`† ${note}`, width) : [])),
    ...sources.flatMap((source, i) => wrapText(`[${i + 1}] ${source}`, width)),
  ]
}
