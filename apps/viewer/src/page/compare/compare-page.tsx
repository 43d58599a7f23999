import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { RunEntry } from '../data/find-run.ts'
import { loadRun, type Run } from '../data/load-run.ts'
import { chosenRun, servedRun, type RunSource } from '../data/run-source.ts'
import { Name, shortName } from '../parts/name.tsx'
import { compareRuns, type Comparison } from './compare-runs.ts'

/** Two runs side by side: what changed, and whether it is more than chance. */
export function ComparePage({ run, others }: { run: Run; others: readonly RunEntry[] }): VNode {
  const [other, setOther] = useState<Run | null>(null)
  const [problem, tell] = useState('')
  const open = async (source: RunSource) => {
    tell('')
    try {
      setOther(await loadRun(source))
    } catch (error) {
      setOther(null)
      tell((error as Error).message)
    }
  }
  return (
    <>
      <h1>Compare with another run</h1>
      <div class="bar">
        {others.length > 0 ? <RunSelect others={others} onChoose={(source) => void open(source)} /> : null}
        <label class="field">
          {others.length > 0 ? 'or its files' : 'Its results.json and scores.safetensors'}
          <input
            type="file"
            multiple
            accept=".json,.safetensors"
            onChange={({ currentTarget }) => void open(chosenRun('the chosen run', [...(currentTarget.files ?? [])]))}
          />
        </label>
      </div>
      {problem === '' ? null : (
        <p role="alert" class="wrong">
          {problem}
        </p>
      )}
      {other ? <Differences first={run} second={other} /> : <p>Did a training, a checkpoint or another layer help?</p>}
    </>
  )
}

function RunSelect({
  others,
  onChoose,
}: {
  others: readonly RunEntry[]
  onChoose: (source: RunSource) => void
}): VNode {
  return (
    <label class="field">
      Run
      <select
        onChange={({ currentTarget }) => {
          const chosen = others[Number(currentTarget.value)]
          if (chosen) onChoose(servedRun(chosen.name, chosen.files))
        }}
      >
        <option value="">choose…</option>
        {others.map(({ name }, i) => (
          <option key={name} value={i}>
            {shortName(name)}
          </option>
        ))}
      </select>
    </label>
  )
}

function Differences({ first, second }: { first: Run; second: Run }): VNode {
  const rows = useMemo(() => compareRuns(first, second), [first, second])
  if (rows.length === 0) return <p>The two runs have no score on a set of the same name in common.</p>
  const unpaired = rows.filter(({ isPaired }) => !isPaired).length
  return (
    <>
      <Facts first={first} second={second} />
      <div class="scroll" role="region" tabIndex={0} aria-label="Differences in AUROC">
        <table>
          <thead>
            <tr>
              <th scope="col">Score</th>
              <th scope="col" class="whole">
                Set
              </th>
              <th scope="col">
                <Name text={first.name} />
              </th>
              <th scope="col">
                <Name text={second.name} />
              </th>
              <th scope="col">Difference</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={`${row.label}/${row.set}`} {...row} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        AUROC in percent; small numbers are 95 % intervals of the difference, bold where they leave 0 out.{' '}
        {unpaired === 0
          ? 'Both runs scored the same images, so DeLong’s paired test applies.'
          : `${unpaired === rows.length ? 'The' : `In ${unpaired} rows the`} runs scored different images: they count as independent there.`}
      </p>
    </>
  )
}

function Facts({ first, second }: { first: Run; second: Run }): VNode {
  const about = ({ name, results: { model, idAccuracy } }: Run) => (
    <p>
      <b>
        <Name text={name} />
      </b>
      : <Name text={model.description} />
      {idAccuracy === null ? '' : `, accuracy ${(100 * idAccuracy).toFixed(2)} %`}
    </p>
  )
  return (
    <>
      {about(first)}
      {about(second)}
    </>
  )
}

function Row({ label, set, first, second, difference, interval }: Comparison): VNode {
  const text = (value: number) => (100 * value).toFixed(2).replace('-', '−')
  const isSure = interval !== null && (interval[0] > 0 || interval[1] < 0)
  const signed = `${difference > 0 ? '+' : ''}${text(difference)}`
  return (
    <tr>
      <th scope="row">
        <Name text={label} />
      </th>
      <td class="text">
        <Name text={set} />
      </td>
      <td>{text(first)}</td>
      <td>{text(second)}</td>
      <td>
        {isSure ? <b>{signed}</b> : signed}
        {interval ? (
          <small>
            {text(interval[0])} to {text(interval[1])}
          </small>
        ) : null}
      </td>
    </tr>
  )
}
