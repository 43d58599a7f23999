import type { VNode } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Selection } from '../app.tsx'
import type { Run } from '../data/load-run.ts'
import { Name } from '../parts/name.tsx'
import { ScoreSelect } from '../parts/score-select.tsx'
import { Swatch } from '../parts/swatch.tsx'
import { ConfusionTable } from './confusion-table.tsx'
import { CurveChart } from './curve-chart.tsx'
import { DensityChart } from './density-chart.tsx'
import { scoreRange } from './density.ts'
import type { ShownSet } from './shown-set.ts'
import { ThresholdControls } from './threshold-controls.tsx'

/** How far one score pulls ID and OOD apart, and what a threshold makes of it. */
export function SeparationPage({ run, selection }: { run: Run; selection: Selection }): VNode {
  const { label, threshold } = selection
  const [hidden, hide] = useState<ReadonlySet<string>>(new Set())
  const id = run.sorted.of(label, null)
  const all = useMemo(
    () =>
      run.results.ood.map(({ name, group }, position): ShownSet => ({
        name,
        group,
        position,
        sorted: run.sorted.of(label, name),
      })),
    [run, label],
  )
  const shown = useMemo(() => all.filter(({ name }) => !hidden.has(name)), [all, hidden])
  const range = useMemo(() => scoreRange([id, ...all.map(({ sorted }) => sorted)]), [id, all])
  return (
    <>
      <div class="bar">
        <h1>
          How well <Name text={label} /> separates
        </h1>
        <ScoreSelect run={run} selection={selection} />
      </div>
      <SetToggles sets={all} hidden={hidden} onChange={hide} />
      <div class="panel">
        <DensityChart id={id} sets={shown} range={range} threshold={threshold} />
        <ThresholdControls id={id} sets={shown} range={range} selection={selection} />
      </div>
      <ConfusionTable id={id} sets={shown} threshold={threshold} />
      <div class="curves">
        <CurveChart kind="roc" id={id} sets={shown} threshold={threshold} />
        <CurveChart kind="pr" id={id} sets={shown} threshold={threshold} />
      </div>
    </>
  )
}

interface SetTogglesProps {
  readonly sets: readonly ShownSet[]
  readonly hidden: ReadonlySet<string>
  readonly onChange: (hidden: ReadonlySet<string>) => void
}

/** The legend; a set can be taken out of the charts. */
function SetToggles({ sets, hidden, onChange }: SetTogglesProps): VNode {
  const toggle = (name: string, isShown: boolean) => {
    const next = new Set(hidden)
    if (isShown) next.delete(name)
    else next.add(name)
    onChange(next)
  }
  return (
    <fieldset class="legend">
      <legend>Sets</legend>
      <span class="key">
        <Swatch position={-1} /> in-distribution
      </span>
      {sets.map(({ name, group, position }) => (
        <label key={name} class="key">
          <input
            type="checkbox"
            checked={!hidden.has(name)}
            onChange={({ currentTarget }) => toggle(name, currentTarget.checked)}
          />
          <Swatch position={position} />
          <Name text={name} /> <small>{group}</small>
        </label>
      ))}
    </fieldset>
  )
}
