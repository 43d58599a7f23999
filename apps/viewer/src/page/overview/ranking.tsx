import { metricColumns, rankingLegend } from '@mode-ood/report'
import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Selection } from '../app.tsx'
import type { Run } from '../data/load-run.ts'
import { Name, shortName } from '../parts/name.tsx'
import { CopyTable } from './copy-buttons.tsx'
import { groupsOf, rankingTable, rankRows, shownValue, type RankingChoice, type RankingTable } from './ranking-table.ts'

/** The table of scores: what it shows can be chosen, and it is sorted by any column. */
export function Ranking({ run, selection }: { run: Run; selection: Selection }): VNode {
  const [choice, choose] = useState<RankingChoice>({ kind: 'metric', metric: 'auroc' })
  const table = useMemo(() => rankingTable(run.scores, run.results, choice), [run, choice])
  const [sorting, sort] = useState({ column: -1, worstFirst: false })
  const column = sorting.column < 0 ? firstColumn(table, choice) : Math.min(sorting.column, table.columns.length - 1)
  const rows = rankRows(table, column, sorting.worstFirst)
  const sortBy = (next: number) => sort({ column: next, worstFirst: next === column && !sorting.worstFirst })
  return (
    <section>
      <div class="bar">
        <h2 id="ranking">Ranking</h2>
        <ChoiceSelect
          run={run}
          onChoose={(next) => {
            choose(next)
            sort({ column: -1, worstFirst: false })
          }}
        />
        <CopyTable table={table} rows={rows} />
      </div>
      <div class="scroll" role="region" tabIndex={0} aria-labelledby="ranking">
        <table class="ranking">
          <Head table={table} column={column} worstFirst={sorting.worstFirst} onSort={sortBy} />
          <tbody>
            {rows.map((row) => (
              <Row key={table.labels[row]} table={table} row={row} selection={selection} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        In percent{table.columns.some(({ kind }) => kind === 'p-value') ? ', but for p' : ''}; small numbers are 95 %
        intervals, the best of a column is bold. A score is chosen by its name.
        {table.columns.some(({ leading }) => leading) ? ` = ${rankingLegend}.` : ''}
      </p>
    </section>
  )
}

/** By the mean over all sets, where sets stand side by side. */
const firstColumn = (table: RankingTable, { kind }: RankingChoice) => (kind === 'metric' ? table.columns.length - 1 : 0)

function ChoiceSelect({ run, onChoose }: { run: Run; onChoose: (choice: RankingChoice) => void }): VNode {
  const choices = useMemo(() => choicesOf(run), [run])
  const options = (kinds: readonly RankingChoice['kind'][]) =>
    choices.map(({ name, choice }, i) =>
      kinds.includes(choice.kind) ? (
        <option key={name} value={i}>
          {shortName(name)}
        </option>
      ) : null,
    )
  return (
    <label class="field">
      Show
      <select onChange={({ currentTarget }) => onChoose(choices[Number(currentTarget.value)]!.choice)}>
        <optgroup label="One metric, every set">{options(['metric'])}</optgroup>
        <optgroup label="Every metric, one set">{options(['group', 'set'])}</optgroup>
      </select>
    </label>
  )
}

function choicesOf({ results }: Run): { name: string; choice: RankingChoice }[] {
  return [
    ...metricColumns.map(({ key, title }) => ({ name: title, choice: { kind: 'metric', metric: key } as const })),
    ...groupsOf(results).map((group) => ({ name: `mean of ${group}`, choice: { kind: 'group', group } as const })),
    ...results.ood.map(({ name }) => ({ name, choice: { kind: 'set', set: name } as const })),
  ]
}

interface HeadProps {
  readonly table: RankingTable
  readonly column: number
  readonly worstFirst: boolean
  readonly onSort: (column: number) => void
}

function Head({ table, column, worstFirst, onSort }: HeadProps): VNode {
  return (
    <thead>
      <tr>
        <th scope="col">Score</th>
        {table.columns.map(({ title, better }, i) => {
          const isAscending = (better === 'higher') === worstFirst
          const order = i === column ? (isAscending ? 'ascending' : 'descending') : undefined
          return (
            <th key={title} scope="col" aria-sort={order}>
              <button type="button" class="sort" onClick={() => onSort(i)}>
                <Name text={title} />
                <span aria-hidden="true" class="arrow">
                  {order === undefined ? '' : isAscending ? ' ↑' : ' ↓'}
                </span>
              </button>
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

function Row({ table, row, selection }: { table: RankingTable; row: number; selection: Selection }): VNode {
  const label = table.labels[row]!
  const isChosen = label === selection.label
  return (
    <tr class={isChosen ? 'chosen' : undefined}>
      <th scope="row">
        <button type="button" class="pick" aria-pressed={isChosen} onClick={() => selection.chooseScore(label)}>
          <Name text={label} />
        </button>
      </th>
      {table.columns.map((column) => {
        const { title, kind, values, better, intervals, leading } = column
        const best = better === 'higher' ? Math.max(...values) : Math.min(...values)
        const text = shownValue(column, row)
        const isBest = kind !== 'p-value' && values.length > 1 && text === shownValue(column, values.indexOf(best))
        const interval = intervals?.[row]
        return (
          <td key={title} class={isBest ? 'best' : undefined}>
            {isBest ? <b>{text}</b> : text}
            {interval ? (
              <small>
                {leading?.[row] ? '= ' : ''}
                {interval.map((end) => (100 * end).toFixed(1)).join(kind === 'difference' ? ' to ' : '–')}
              </small>
            ) : null}
          </td>
        )
      })}
    </tr>
  )
}
