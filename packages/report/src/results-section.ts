import { meanInterval } from './best-of-group.ts'
import { averageGroups, bestOf, fprConventions, metricColumns, percent, percentInterval } from './metric-columns.ts'
import { nameHtml } from './name-html.ts'
import type { Metrics, Results, ScoreResult } from './results.ts'
import { scoreSwatch } from './score-color.ts'

/** One value a row. */
interface Column {
  readonly head: string
  readonly values: readonly number[]
  readonly better: 'higher' | 'lower'
  /** Intervals, shown below the values. */
  readonly intervals?: readonly (readonly [number, number])[]
}

interface ColumnGroup {
  readonly head: string
  readonly columns: readonly Column[]
}

/** AUROC and both FPR@95, a table each with all sets side by side; then every metric, a table a set. */
export function renderResults(results: Results, labels: readonly string[]): string {
  const table = (id: string, caption: string, groups: readonly ColumnGroup[]) =>
    renderTable(id, caption, labels, groups)
  return `<section aria-labelledby="results"><h2 id="results">Results</h2>
<p>In percent. The best of each column is bold; small numbers are 95 % intervals.</p>
${table('auroc', '<b>AUROC</b> Higher is better.', acrossSets(results, 'auroc'))}
${table('fpr-id', `<b>FPR@95, ID positive</b> Lower is better: ${fprConventions.idPositive}.`, acrossSets(results, 'fpr95IdPositive'))}
${table('fpr-ood', `<b>FPR@95, OOD positive</b> Lower is better: ${fprConventions.oodPositive}. A different number from the one above.`, acrossSets(results, 'fpr95OodPositive'))}
<details><summary>Every metric, set by set</summary>
${results.ood.map(({ name }, i) => table(`set-${i}`, `<b>${nameHtml(name)}</b>`, everyMetric(results, name))).join('\n')}
</details></section>`
}

function acrossSets({ scores, ood }: Results, key: keyof Metrics): ColumnGroup[] {
  const better = key === 'auroc' ? 'higher' : 'lower'
  const groups = averageGroups(scores[0]!.averages)
  const bySet = groups.flatMap((group): ColumnGroup[] => {
    const columns = ood
      .filter((set) => set.group === group)
      .map(({ name, count }): Column => {
        const rows = scores.map((score) => setOf(score, name))
        const head = `${nameHtml(name)}<small>${count} ${count === 1 ? 'image' : 'images'}</small>`
        const column = { head, better, values: rows.map((row) => row[key]) } as const
        return key === 'auroc' ? { ...column, intervals: rows.map((row) => row.aurocInterval) } : column
      })
    return columns.length > 0 ? [{ head: `${nameHtml(group)} OOD`, columns }] : []
  })
  const means = groups.map((group): Column => {
    const values = scores.map(({ averages }) => averages[group]![key])
    const column = { head: nameHtml(group), better, values } as const
    if (key !== 'auroc') return column
    const within = (score: ScoreResult) => score.sets.filter((set) => group === 'all' || set.group === group)
    return { ...column, intervals: scores.map((score) => meanInterval(within(score).map((set) => set.aurocInterval))) }
  })
  return [...bySet, { head: 'Mean over sets', columns: means }]
}

function everyMetric({ scores }: Results, name: string): ColumnGroup[] {
  const rows = scores.map((score) => setOf(score, name))
  const columns = metricColumns.map(({ key, title, better }): Column => {
    const column = { head: title, better, values: rows.map((row) => row[key]) }
    return key === 'auroc' ? { ...column, intervals: rows.map((row) => row.aurocInterval) } : column
  })
  return [{ head: '', columns }]
}

function renderTable(id: string, caption: string, labels: readonly string[], groups: readonly ColumnGroup[]): string {
  const columns = groups.flatMap((group) => group.columns)
  const best = columns.map(({ values, better }) => bestOf(values, better))
  const grouped = groups.some(({ head }) => head !== '')
  const first = `<th scope="col"${grouped ? ' rowspan="2"' : ''}>Score</th>`
  const above = groups.map(({ head, columns: below }) => `<th scope="colgroup" colspan="${below.length}">${head}</th>`)
  const heads = columns.map(({ head }) => `<th scope="col">${head}</th>`).join('')
  const body = labels.map((label, row) => {
    const cells = columns.map(({ values, intervals }, c) => {
      const value = percent(values[row]!)
      const interval = intervals ? `<small>${percentInterval(intervals[row]!)}</small>` : ''
      return best[c]![row] ? `<td class="best"><b>${value}</b>${interval}</td>` : `<td>${value}${interval}</td>`
    })
    return `<tr><th scope="row">${scoreSwatch(row)}${nameHtml(label)}</th>${cells.join('')}</tr>`
  })
  const head = grouped ? `<tr>${first}${above.join('')}</tr><tr>${heads}</tr>` : `<tr>${first}${heads}</tr>`
  // A region that scrolls must be reachable by keyboard.
  return `<p class="caption" id="${id}">${caption}</p>
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}"><table aria-labelledby="${id}"><thead>${head}</thead><tbody>${body.join('')}</tbody></table></div>`
}

const setOf = (score: ScoreResult, name: string) => score.sets.find((set) => set.name === name)!
