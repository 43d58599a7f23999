import type { VNode } from 'preact'
import type { Selection } from '../app.tsx'
import type { Run } from '../data/load-run.ts'
import { shortName } from './name.tsx'

/** Which score the page speaks of. */
export function ScoreSelect({ run, selection }: { run: Run; selection: Selection }): VNode {
  return (
    <label class="field">
      Score
      <select value={selection.label} onChange={({ currentTarget }) => selection.chooseScore(currentTarget.value)}>
        {run.scores.map(({ label }) => (
          <option key={label} value={label}>
            {shortName(label)}
          </option>
        ))}
      </select>
    </label>
  )
}
