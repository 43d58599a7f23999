import stringWidth from 'string-width'
import { fitText, wrapText } from './fit-text.ts'
import { percent, percentInterval } from './metric-columns.ts'
import type { TableOptions } from './render-table.ts'
import type { RankedScore, Results, SetRanking } from './results.ts'
import { isBehind, rankingLegend, shownPValue } from './significance.ts'

/** Lines a set; a terminal is for the first places, the report and the CSV have all. */
const mostShown = 10

interface Column {
  readonly head: string
  readonly cell: (score: RankedScore) => string
  /** Where lines are short, columns of a higher number go first. */
  readonly priority: number
}

const columns: readonly Column[] = [
  { head: 'AUROC', cell: ({ auroc }) => percent(auroc), priority: 0 },
  { head: '95 %', cell: ({ aurocInterval }) => percentInterval(aurocInterval), priority: 2 },
  { head: 'behind', cell: ({ behind }) => (behind ? percent(behind.difference) : ''), priority: 1 },
  { head: '95 %', cell: ({ behind }) => (behind ? points(behind.interval) : ''), priority: 3 },
  { head: 'p', cell: ({ behind }) => (behind ? shownPValue(behind.adjustedPValue) : ''), priority: 1 },
]

/**
 * For every OOD set the scores in the order of their AUROC, for a terminal: how far each is behind the best and whether that is
 * more than chance; `=` marks those that are not. The first ten; `''` where the results hold no rankings.
 */
export function renderRanking({ rankings = [], ood }: Results, options: TableOptions = {}): string {
  if (rankings.length === 0 || rankings[0]!.scores.length < 2) return ''
  const width = Math.max(40, options.width ?? 100)
  const blocks = rankings.map((ranking) => {
    const group = ood.find(({ name }) => name === ranking.set)?.group ?? ''
    return [fitText(`${ranking.set} (${group}), ranked by AUROC`, width), ...renderSet(ranking, width), '']
  })
  return [...blocks.flat(), ...wrapText(`= ${rankingLegend}.`, width)].join('\n')
}

function renderSet({ scores }: SetRanking, width: number): string[] {
  const shown = scores.slice(0, mostShown)
  const ranks = shown.map((score) => `${score.rank}${score.behind !== null && !isBehind(score) ? '=' : ' '}`)
  const names = shown.map(({ label }) => fitText(label, Math.min(32, width - 14)))
  const first = [column('', ranks, false), column('score', names, true)]
  const known = columns.map(({ head, cell, priority }) => ({ priority, lines: column(head, shown.map(cell), false) }))
  let most = 3
  const lay = () => [...first, ...known.filter(({ priority }) => priority <= most).map(({ lines }) => lines)]
  while (most > 0 && lineWidth(lay()) > width) most--
  const table = lay()
  const lines = table[0]!.map((_, line) =>
    table
      .map((cells) => cells[line])
      .join('  ')
      .trimEnd(),
  )
  return scores.length > mostShown ? [...lines, `    and ${scores.length - mostShown} more in results.csv`] : lines
}

/** A head and its cells, all of one width. */
function column(head: string, cells: readonly string[], isLeft: boolean): string[] {
  const width = Math.max(...[head, ...cells].map((text) => stringWidth(text)))
  return [head, ...cells].map((text) => {
    const space = ' '.repeat(width - stringWidth(text))
    return isLeft ? text + space : space + text
  })
}

const lineWidth = (table: readonly string[][]): number =>
  table.reduce((sum, cells) => sum + stringWidth(cells[0]!) + 2, -2)

const points = ([low, high]: readonly [number, number]): string => `${percent(low)} to ${percent(high)}`
