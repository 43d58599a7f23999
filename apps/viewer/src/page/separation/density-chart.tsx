import * as Plot from '@observablehq/plot'
import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { Chart, type Drawn } from '../parts/chart.tsx'
import { setColor, setDash } from '../parts/set-color.ts'
import { densityOf } from './density.ts'
import type { ShownSet } from './shown-set.ts'

/** Room around the drawing, in pixels; the slider below keeps to the same sides. */
const chartMargins = { left: 16, right: 16 } as const

const bins = 90
const height = 300

interface DensityChartProps {
  readonly id: Float64Array
  readonly sets: readonly ShownSet[]
  readonly range: readonly [low: number, high: number]
  readonly threshold: number
}

/** How the scores of ID and of every OOD set spread, with the threshold as a line. */
export function DensityChart({ id, sets, range, threshold }: DensityChartProps): VNode {
  const draw = useMemo(() => {
    const inside = densityOf(id, range, bins)
    const outside = sets.map((set) => ({ ...set, points: densityOf(set.sorted, range, bins) }))
    const top = Math.max(...[inside, ...outside.map(({ points }) => points)].flat().map(({ share }) => share))
    return (width: number) =>
      Plot.plot({
        width,
        height,
        marginLeft: chartMargins.left,
        marginRight: chartMargins.right,
        marginTop: 12,
        marginBottom: 34,
        x: { domain: [...range], label: null, ticks: width < 500 ? 4 : 8 },
        y: { domain: [0, top * 1.05], axis: null },
        marks: [
          Plot.areaY(inside, { x: 'score', y: 'share', fill: setColor(-1), fillOpacity: 0.35, curve: 'monotone-x' }),
          Plot.lineY(inside, { x: 'score', y: 'share', stroke: setColor(-1), strokeWidth: 1.5, curve: 'monotone-x' }),
          ...outside.map(({ points, position }) =>
            Plot.lineY(points, {
              x: 'score',
              y: 'share',
              stroke: setColor(position),
              strokeWidth: 2,
              strokeDasharray: setDash(position),
              curve: 'monotone-x',
            }),
          ),
          Plot.ruleY([0]),
        ],
      }) as Drawn
  }, [id, sets, range])
  const label = `Distribution of the scores of in-distribution images and of ${sets.length} OOD sets`
  return (
    <Chart label={label} draw={draw}>
      {({ x }) => {
        const at = x(Math.min(range[1], Math.max(range[0], threshold)))
        return (
          <>
            <rect
              class="rejected"
              x={chartMargins.left}
              y={12}
              width={Math.max(0, at - chartMargins.left)}
              height={height - 46}
            />
            <line class="threshold" x1={at} x2={at} y1={4} y2={height - 34} />
          </>
        )
      }}
    </Chart>
  )
}
