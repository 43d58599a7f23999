import {
  isBehind,
  metricColumns,
  shownPValue,
  type Deficit,
  type LabelledResult,
  type MetricColumn,
  type Results,
} from '@mode-ood/report'

/** One number for every score. Fractions, 0..1. */
export interface RankingColumn {
  readonly title: string
  /** Fractions and their differences are shown in percent, p-values as they are; `fraction` unless given. */
  readonly kind?: 'fraction' | 'difference' | 'p-value'
  readonly better: 'higher' | 'lower'
  readonly values: readonly number[]
  readonly intervals?: readonly (readonly [low: number, high: number])[]
  /** Of AUROC on a set: which scores are not significantly behind its best, which is one of them. */
  readonly leading?: readonly boolean[]
}

/** A table of scores: a row a score, in the order of the run. */
export interface RankingTable {
  readonly labels: readonly string[]
  readonly columns: readonly RankingColumn[]
}

/** What a table shows: all metrics of one set or mean, or one metric on all sets and means. */
export type RankingChoice =
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'set'; readonly set: string }
  | { readonly kind: 'metric'; readonly metric: MetricColumn['key'] }

export function rankingTable(scores: readonly LabelledResult[], results: Results, choice: RankingChoice): RankingTable {
  const labels = scores.map(({ label }) => label)
  if (choice.kind === 'metric') return { labels, columns: acrossSets(scores, results, choice.metric) }
  const columns = metricColumns.flatMap(({ key, title, better }): RankingColumn[] => {
    if (choice.kind === 'group') return [groupColumn(scores, choice.group, { key, title, better })]
    const column = setColumn(scores, choice.set, { key, title, better }, results)
    return key === 'auroc' ? [column, ...deficitColumns(labels, choice.set, results)] : [column]
  })
  return { labels, columns }
}

/** How far each score is behind the best of a set, and its p-value; none where there is nothing to compare. */
function deficitColumns(labels: readonly string[], name: string, { rankings = [] }: Results): RankingColumn[] {
  const ranked = rankings.find(({ set }) => set === name)?.scores ?? []
  const deficits = labels.map((label) => ranked.find((score) => score.label === label)?.behind)
  if (deficits.every((deficit) => !deficit)) return []
  // The best is behind itself by nothing.
  const of = <T>(value: (deficit: Deficit) => T, ofBest: T) => deficits.map((found) => (found ? value(found) : ofBest))
  return [
    {
      title: 'AUROC behind the best',
      kind: 'difference',
      better: 'lower',
      values: of(({ difference }) => difference, 0),
      intervals: of(({ interval }) => interval, [0, 0] as const),
    },
    { title: 'p (Holm)', kind: 'p-value', better: 'higher', values: of(({ adjustedPValue }) => adjustedPValue, 1) },
  ]
}

/** A value of a column for a table. */
export function shownValue({ kind, values }: RankingColumn, row: number): string {
  return kind === 'p-value' ? shownPValue(values[row]!) : (100 * values[row]!).toFixed(2)
}

/** The groups of the averages in the order of the sets, `all` last. */
export function groupsOf(results: Results): string[] {
  return [...new Set(results.ood.map(({ group }) => group)), 'all']
}

function acrossSets(scores: readonly LabelledResult[], results: Results, key: MetricColumn['key']): RankingColumn[] {
  const { better } = metricColumns.find((column) => column.key === key)!
  const sets = results.ood.map(({ name, group }) =>
    setColumn(scores, name, { key, better, title: `${name}, ${group}` }, results),
  )
  const groups = groupsOf(results).map((group) =>
    groupColumn(scores, group, { key, better, title: `mean of ${group}` }),
  )
  return [...sets, ...groups]
}

function setColumn(
  scores: readonly LabelledResult[],
  name: string,
  column: MetricColumn,
  { rankings = [] }: Results,
): RankingColumn {
  const sets = scores.map(({ result }) => result.sets.find((set) => set.name === name)!)
  const { title, better, key } = column
  const values = sets.map((set) => set[key])
  if (key !== 'auroc') return { title, better, values }
  const intervals = sets.map((set) => set.aurocInterval)
  const ranked = rankings.find(({ set }) => set === name)?.scores
  if (!ranked || scores.length < 2) return { title, better, values, intervals }
  const leading = scores.map(({ label }) => {
    const found = ranked.find((score) => score.label === label)
    return found !== undefined && !isBehind(found)
  })
  return { title, better, values, intervals, leading }
}

/** The interval of a mean runs between the means of the ends: sets share their ID images, and this is never too narrow. */
function groupColumn(scores: readonly LabelledResult[], group: string, column: MetricColumn): RankingColumn {
  const { title, better, key } = column
  const values = scores.map(({ result }) => result.averages[group]![key])
  if (key !== 'auroc') return { title, better, values }
  const mean = ({ result }: LabelledResult, end: 0 | 1) => {
    const ends = result.sets
      .filter((set) => group === 'all' || set.group === group)
      .map((set) => set.aurocInterval[end])
    return ends.reduce((sum, value) => sum + value, 0) / ends.length
  }
  return { title, better, values, intervals: scores.map((score) => [mean(score, 0), mean(score, 1)] as const) }
}

/** The positions of the rows, best first by a column; in the order of the run without one. */
export function rankRows(table: RankingTable, column: number | null, worstFirst: boolean): number[] {
  const rows = table.labels.map((_, row) => row)
  const by = column === null ? undefined : table.columns[column]
  if (!by) return rows
  const sign = (by.better === 'higher' ? -1 : 1) * (worstFirst ? -1 : 1)
  return rows.sort((a, b) => sign * (by.values[a]! - by.values[b]!))
}
