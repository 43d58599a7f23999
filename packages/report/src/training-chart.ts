import * as Plot from '@observablehq/plot'
import { drawSvg } from './draw-svg.ts'
import { scoreLook } from './score-color.ts'

/** A curve over epochs. */
export interface TrainingCurve {
  readonly name: string
  readonly values: readonly (readonly [epochs: number, value: number])[]
}

/** Points drawn of a curve; of more, the means of as many stretches. */
const mostPoints = 300

/** Curves over the epochs of a training, from 0 where they are never negative. */
export function trainingChart(
  curves: readonly TrainingCurve[],
  { title, epochs, document }: { title: string; epochs: number; document: Document },
): string {
  const lines = curves.map(({ values }, i) => {
    const { color, dash } = scoreLook(i)
    const style = { stroke: color, strokeWidth: 1.75, strokeDasharray: dash, strokeLinejoin: 'round' } as const
    return Plot.line(thin(values), { x: '0', y: '1', ...style })
  })
  const lowest = Math.min(0, ...curves.flatMap(({ values }) => values.map(([, value]) => value)))
  const marks = [Plot.gridY({ ticks: 4, strokeOpacity: 0.12 }), Plot.ruleY([0], { strokeOpacity: 0.5 }), ...lines]
  const options = {
    x: { domain: [0, epochs], label: 'epochs', labelAnchor: 'center', labelArrow: 'none', ticks: 5 },
    y: { label: null, ticks: 4, nice: true, ...(lowest === 0 && { zero: true }) },
  } as const
  const size = { width: 350, height: 220, marginLeft: 52, marginRight: 14, marginTop: 10, marginBottom: 38 }
  return drawSvg({ ...size, ...(options as object), marks, document }, `${title} over ${epochs} epochs`)
}

function thin(values: TrainingCurve['values']): TrainingCurve['values'] {
  if (values.length <= mostPoints) return values
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length
  return Array.from({ length: mostPoints }, (_, i) => {
    const stretch = values.slice(
      Math.floor((i * values.length) / mostPoints),
      Math.floor(((i + 1) * values.length) / mostPoints),
    )
    return [mean(stretch.map(([x]) => x)), mean(stretch.map(([, y]) => y))] as const
  })
}
