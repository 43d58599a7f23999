import * as Plot from '@observablehq/plot'
import { rocCurve } from '@mode-ood/metrics'
import { drawSvg } from './draw-svg.ts'
import type { LabelledResult } from './scored-images.ts'
import { scoreLook } from './score-color.ts'

/** Points of a drawn curve: no stretch of it is longer than 1.4 % of an axis. */
const maxPoints = 150

/** The ROC curves of all scores on one set, ID positive, with the line on which FPR@95 is read. */
export function rocChart(
  labelled: readonly LabelledResult[],
  set: string,
  description: string,
  document: Document,
): string {
  const curves = labelled.map(({ images }, i) => {
    const { fpr, tpr } = rocCurve(images.id, images.ood.get(set)!, { maxPoints })
    const { color, dash } = scoreLook(i)
    const points = Array.from(fpr, (x, p) => [x, tpr[p]!] as [number, number])
    return Plot.line(points, { stroke: color, strokeWidth: 2, strokeDasharray: dash, strokeLinejoin: 'round' })
  })
  const diagonal: [number, number][] = [
    [0, 0],
    [1, 1],
  ]
  const marks = [
    Plot.gridX({ ticks: 5, strokeOpacity: 0.12 }),
    Plot.gridY({ ticks: 5, strokeOpacity: 0.12 }),
    Plot.line(diagonal, { stroke: 'currentColor', strokeOpacity: 0.4, strokeDasharray: '2 4' }),
    Plot.ruleY([0.95], { strokeOpacity: 0.6, strokeDasharray: '4 3' }),
    ...curves,
  ]
  const axis = {
    domain: [0, 1],
    ticks: 5,
    tickFormat: (rate: number) => `${Math.round(100 * rate)}`,
    labelArrow: 'none',
  }
  const options = {
    x: { ...axis, label: 'OOD images accepted (%)', labelAnchor: 'center' },
    y: { ...axis, label: 'ID images accepted (%)', labelAnchor: 'center' },
  } as const
  const size = { width: 350, height: 320, marginLeft: 48, marginRight: 12, marginTop: 10, marginBottom: 42 }
  return drawSvg({ ...size, ...(options as object), marks, document }, description)
}
