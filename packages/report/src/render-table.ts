import stringWidth from 'string-width'
import { fitText, wrapText } from './fit-text.ts'
import { averageGroups, bestOf, fprConventions, percent } from './metric-columns.ts'
import type { Results } from './results.ts'
import { scoreLabels } from './score-labels.ts'

export interface TableOptions {
  /** Columns a line has, at least 40; what does not fit goes into a block below. 100 unless given. */
  readonly width?: number
  /** Whether to mark the best by colour beside the asterisk. */
  readonly color?: boolean
}

/** Below this nothing can be shown side by side. */
const narrowest = 40

/** Of `100.00±50.0*` and twice `100.00*`, with the gaps between. */
const tripleWidth = 30

interface Column {
  readonly head: readonly [string, string]
  readonly cells: readonly string[]
}

/**
 * The results as a table for a terminal: a row a score, and for every OOD set AUROC with half its 95 % interval and FPR@95
 * under both conventions; averages last. `*` marks the best of a column.
 */
export function renderTable(results: Results, options: TableOptions = {}): string {
  const { color = false } = options
  const width = Math.max(narrowest, options.width ?? 100)
  const labels = scoreLabels(results.scores).map((label) => fitText(label, Math.min(32, width - tripleWidth - 2)))
  const first: Column = { head: ['', 'score'], cells: labels }
  const titleWidth = Math.min(40, width - columnWidth(first) - 2)
  const columns = [...setColumns(results, color, titleWidth), ...averageColumns(results, color)]
  const blocks = intoBlocks(first, columns, width)
  const accuracy = results.idAccuracy === null ? '' : `; ID accuracy ${percent(results.idAccuracy)} %`
  const title = `${results.model.description}: ${results.id.test.count} ID test images${accuracy}`
  const legend = [
    'All numbers in percent, * best. AUROC ± half its 95 % interval.',
    `FPR-id: ${fprConventions.idPositive}.`,
    `FPR-ood: ${fprConventions.oodPositive}.`,
  ]
  return [
    ...wrapText(title, width),
    '',
    ...blocks.flatMap((block) => [...block, '']),
    ...legend.flatMap((line) => wrapText(line, width)),
  ].join('\n')
}

function setColumns({ scores, ood }: Results, color: boolean, titleWidth: number): Column[] {
  return ood.flatMap(({ name, group }) => {
    const rows = scores.map((score) => score.sets.find((set) => set.name === name)!)
    const half = (row: (typeof rows)[number]) => percent((row.aurocInterval[1] - row.aurocInterval[0]) / 2, 1)
    const kind = ` (${fitText(group, 10)})`
    const title = `${fitText(name, titleWidth - stringWidth(kind))}${kind}`
    return metricTriple(title, rows, (row) => `±${half(row)}`, color)
  })
}

function averageColumns({ scores }: Results, color: boolean): Column[] {
  const [averages] = scores.map((score) => score.averages)
  if (!averages) return []
  return averageGroups(averages).flatMap((group) =>
    metricTriple(
      `mean ${fitText(group, 20)}`,
      scores.map((score) => score.averages[group]!),
      () => '',
      color,
    ),
  )
}

function metricTriple<Row extends { auroc: number; fpr95IdPositive: number; fpr95OodPositive: number }>(
  title: string,
  rows: readonly Row[],
  note: (row: Row) => string,
  color: boolean,
): Column[] {
  const column = (key: 'auroc' | 'fpr95IdPositive' | 'fpr95OodPositive', head: string, above: string): Column => {
    const better = key === 'auroc' ? 'higher' : 'lower'
    const best = bestOf(
      rows.map((row) => row[key]),
      better,
    )
    const cells = rows.map((row, i) => {
      const text = `${percent(row[key])}${key === 'auroc' ? note(row) : ''}${best[i] ? '*' : ' '}`
      return color && best[i] ? `\u001b[1;32m${text}\u001b[0m` : text
    })
    return { head: [above, head], cells }
  }
  return [
    column('auroc', 'AUROC', title),
    column('fpr95IdPositive', 'FPR-id', ''),
    column('fpr95OodPositive', 'FPR-ood', ''),
  ]
}

/** As many column triples side by side as fit; the score column begins every block. */
function intoBlocks(first: Column, columns: readonly Column[], width: number): string[][] {
  const blocks: string[][] = []
  for (let from = 0; from < columns.length;) {
    let to = from + 3
    while (to < columns.length && blockWidth([first, ...columns.slice(from, to + 3)]) <= width) to += 3
    blocks.push(renderBlock([first, ...columns.slice(from, to)]))
    from = to
  }
  return blocks
}

const columnWidth = ({ head, cells }: Column): number =>
  Math.max(stringWidth(head[1]), ...cells.map((cell) => stringWidth(cell)))

function widths(columns: readonly Column[]): number[] {
  const found = columns.map(columnWidth)
  for (const [i, { head }] of columns.entries()) {
    if (i === 0 || head[0] === '') continue
    const span = found[i]! + (found[i + 1] ?? 0) + (found[i + 2] ?? 0) + 4
    found[i]! += Math.max(0, stringWidth(head[0]) - span)
  }
  return found
}

const blockWidth = (columns: readonly Column[]): number => widths(columns).reduce((sum, width) => sum + width + 2, -2)

function renderBlock(columns: readonly Column[]): string[] {
  const found = widths(columns)
  const pad = (text: string, width: number, left: boolean) => {
    const space = ' '.repeat(Math.max(0, width - stringWidth(text)))
    return left ? text + space : space + text
  }
  const titles = columns.map(({ head }, i) => {
    if (i % 3 !== 1) return i === 0 ? pad('', found[0]!, true) : ''
    return pad(head[0], found[i]! + found[i + 1]! + found[i + 2]! + 4, true)
  })
  const line = (cell: (column: Column) => string) =>
    columns
      .map((column, i) => pad(cell(column), found[i]!, i === 0))
      .join('  ')
      .trimEnd()
  return [
    titles
      .filter((_, i) => i === 0 || i % 3 === 1)
      .join('  ')
      .trimEnd(),
    line(({ head }) => head[1]),
    ...columns[0]!.cells.map((_, row) => line(({ cells }) => cells[row]!)),
  ]
}
