import * as Plot from '@observablehq/plot'
import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { Name } from '../parts/name.tsx'
import { Chart, type Drawn } from '../parts/chart.tsx'
import { setColor, setDash } from '../parts/set-color.ts'
import { Swatch } from '../parts/swatch.tsx'

/** Points of a line; longer ones are thinned evenly. */
const mostPoints = 1500

export interface CurveLine {
  readonly name: string
  readonly points: readonly (readonly [step: number, value: number])[]
}

/** Lines over the steps of a training. */
export function Curve({ title, lines }: { title: string; lines: readonly CurveLine[] }): VNode {
  const draw = useMemo(
    () => (width: number) =>
      Plot.plot({
        width,
        height: 240,
        marginLeft: 56,
        marginBottom: 38,
        x: { label: 'step', labelAnchor: 'center', labelArrow: 'none', ticks: width < 500 ? 4 : 7 },
        y: { label: null, grid: true, ticks: 5 },
        marks: lines.map(({ points }, i) =>
          Plot.line(thin(points), { stroke: setColor(i), strokeWidth: 2, strokeDasharray: setDash(i) }),
        ),
      }) as Drawn,
    [lines],
  )
  const last = lines[0]?.points.at(-1)?.[1]
  return (
    <figure>
      <figcaption>
        {title} {last === undefined ? '' : <small>now {Number(last.toPrecision(4))}</small>}
      </figcaption>
      <Chart label={`${title} by step`} draw={draw} />
      {lines.length > 1 ? (
        <p class="legend">
          {lines.map(({ name }, i) => (
            <span key={name} class="key">
              <Swatch position={i} /> <Name text={name} />
            </span>
          ))}
        </p>
      ) : null}
    </figure>
  )
}

function thin(points: CurveLine['points']): [number, number][] {
  const stride = Math.max(1, Math.ceil(points.length / mostPoints))
  const kept = points.filter((_, i) => i % stride === 0 || i === points.length - 1)
  return kept.map(([step, value]) => [step, value])
}
