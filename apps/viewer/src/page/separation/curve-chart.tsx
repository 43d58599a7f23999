import { prCurve, rocCurve } from '@mode-ood/metrics'
import * as Plot from '@observablehq/plot'
import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { shareBelow } from '../data/sorted-scores.ts'
import { countBelow } from '../data/count-below.ts'
import { Chart, type Drawn } from '../parts/chart.tsx'
import { setColor, setDash } from '../parts/set-color.ts'
import type { ShownSet } from './shown-set.ts'

const mostPoints = 400

interface CurveChartProps {
  readonly kind: 'roc' | 'pr'
  readonly id: Float64Array
  readonly sets: readonly ShownSet[]
  readonly threshold: number
}

const texts = {
  roc: { title: 'ROC', x: 'OOD accepted', y: 'ID kept' },
  pr: { title: 'Precision and recall, ID positive', x: 'Recall: ID kept', y: 'Precision: ID among the accepted' },
} as const

/** A curve for every OOD set, each with a dot where the threshold stands. */
export function CurveChart({ kind, id, sets, threshold }: CurveChartProps): VNode {
  const { title, x: xLabel, y: yLabel } = texts[kind]
  const draw = useMemo(() => {
    const curves = sets.map((set) => ({ ...set, points: curveOf(kind, id, set.sorted) }))
    return (width: number) =>
      Plot.plot({
        width,
        height: Math.min(width, 420),
        marginLeft: 44,
        marginBottom: 40,
        x: { domain: [0, 1], label: xLabel, labelAnchor: 'center', labelArrow: 'none', percent: false, ticks: 5 },
        y: { domain: [0, 1], label: yLabel, labelArrow: 'none', ticks: 5, grid: true },
        marks: [
          ...(kind === 'roc'
            ? [
                Plot.line(
                  [
                    [0, 0],
                    [1, 1],
                  ],
                  { stroke: 'currentColor', strokeOpacity: 0.3 },
                ),
              ]
            : []),
          ...curves.map(({ points, position }) =>
            Plot.line(points, { stroke: setColor(position), strokeWidth: 2, strokeDasharray: setDash(position) }),
          ),
        ],
      }) as Drawn
  }, [kind, id, sets])
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <Chart label={`${title}: ${yLabel} by ${xLabel}`} draw={draw}>
        {({ x, y }) =>
          sets.map(({ name, sorted, position }) => {
            const [across, up] = pointAt(kind, id, sorted, threshold)
            return <circle key={name} class="point" cx={x(across)} cy={y(up)} r="6" fill={setColor(position)} />
          })
        }
      </Chart>
    </figure>
  )
}

function curveOf(kind: 'roc' | 'pr', id: Float64Array, ood: Float64Array): [number, number][] {
  if (kind === 'roc') {
    const { fpr, tpr } = rocCurve(id, ood, { maxPoints: mostPoints })
    return Array.from(fpr, (share, i) => [share, tpr[i]!])
  }
  const { recall, precision } = prCurve(id, ood, { positive: 'id', maxPoints: mostPoints })
  return Array.from(recall, (share, i) => [share, precision[i]!])
}

function pointAt(kind: 'roc' | 'pr', id: Float64Array, ood: Float64Array, threshold: number): [number, number] {
  const kept = 1 - shareBelow(id, threshold)
  if (kind === 'roc') return [1 - shareBelow(ood, threshold), kept]
  const right = id.length - countBelow(id, threshold)
  const accepted = right + ood.length - countBelow(ood, threshold)
  return [kept, accepted === 0 ? 1 : right / accepted]
}
