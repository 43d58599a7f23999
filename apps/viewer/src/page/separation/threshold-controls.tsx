import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { Selection } from '../app.tsx'
import { shareBelow } from '../data/sorted-scores.ts'
import { conformalThreshold, thresholdKeeping } from '../data/thresholds.ts'
import { percentText, scoreText } from '../parts/percent-text.ts'
import type { ShownSet } from './shown-set.ts'

/** Positions of the slider. */
const steps = 2000

interface ThresholdControlsProps {
  readonly id: Float64Array
  readonly sets: readonly ShownSet[]
  readonly range: readonly [low: number, high: number]
  readonly selection: Selection
}

/** The slider below the chart, a field for an exact threshold, and two thresholds that people ask for. */
export function ThresholdControls({ id, sets, range, selection }: ThresholdControlsProps): VNode {
  const [low, high] = range
  const { threshold, chooseThreshold } = selection
  const position = Math.round(((threshold - low) / (high - low)) * steps)
  const falseAlarms = shareBelow(id, threshold)
  const missed = sets.map(({ sorted }) => 1 - shareBelow(sorted, threshold))
  const mean = missed.reduce((sum, share) => sum + share, 0) / Math.max(1, missed.length)
  const spoken = `${scoreText(threshold)}: ${percentText(falseAlarms)} of ID rejected, ${percentText(mean)} of OOD missed`
  return (
    <>
      <input
        class="slider"
        type="range"
        min="0"
        max={steps}
        value={Math.min(steps, Math.max(0, position))}
        aria-label="Threshold"
        aria-valuetext={spoken}
        onInput={({ currentTarget }) => chooseThreshold(low + (Number(currentTarget.value) / steps) * (high - low))}
      />
      <div class="readings">
        <Reading name="Threshold" value={scoreText(threshold)} />
        <Reading name="False alarms" value={percentText(falseAlarms)} about="of ID rejected" />
        <Reading name="Missed" value={percentText(mean)} about="of OOD kept, mean over sets" />
      </div>
      <Jumps id={id} selection={selection} />
    </>
  )
}

function Reading({ name, value, about }: { name: string; value: string; about?: string }): VNode {
  return (
    <p class="reading">
      <span>{name}</span> <b>{value}</b> <small>{about}</small>
    </p>
  )
}

function Jumps({ id, selection }: { id: Float64Array; selection: Selection }): VNode {
  const { threshold, chooseThreshold } = selection
  const [alpha, setAlpha] = useState(0.05)
  const conformal = conformalThreshold(id, alpha)
  const needed = Math.ceil(1 / alpha - 1)
  return (
    <div class="jumps">
      <button type="button" onClick={() => chooseThreshold(thresholdKeeping(id, 0.95))}>
        95 % of ID kept
      </button>
      <span class="together">
        <button type="button" disabled={conformal === -Infinity} onClick={() => chooseThreshold(conformal)}>
          Conformal
        </button>
        <label class="field">
          α
          <input
            type="number"
            min="0.001"
            max="0.5"
            step="0.005"
            value={alpha}
            onInput={({ currentTarget }) => {
              const given = currentTarget.valueAsNumber
              if (given > 0 && given < 1) setAlpha(given)
            }}
          />
        </label>
      </span>
      <label class="field">
        Exact threshold
        <input
          type="number"
          step="any"
          value={Number(threshold.toPrecision(6))}
          onChange={({ currentTarget }) => {
            if (Number.isFinite(currentTarget.valueAsNumber)) chooseThreshold(currentTarget.valueAsNumber)
          }}
        />
      </label>
      <p class="note">
        {conformal === -Infinity
          ? `α = ${alpha} needs at least ${needed} in-distribution images, and there are ${id.length}.`
          : `Conformal: a new in-distribution image is rejected with a probability of at most ${percentText(alpha)}, if it comes from where these come from.`}
      </p>
    </div>
  )
}
