import * as Plot from '@observablehq/plot'
import { drawSvg } from './draw-svg.ts'
import type { ScoreLook } from './score-color.ts'
import { bins, scoreHistogram } from './score-histogram.ts'

/** Both sides of one score on one set: ID filled in the score's colour, OOD an outline. */
export function histogramChart(
  sides: { readonly id: Float64Array; readonly ood: Float64Array },
  look: ScoreLook,
  description: string,
  document: Document,
): string {
  const { id, ood, ticks } = scoreHistogram(sides.id, sides.ood)
  // The last bin ends at position `bins`, where a step needs one more point.
  const steps = Array.from({ length: bins + 1 }, (_, x) => {
    const bin = Math.min(x, bins - 1)
    return { x, id: id[bin]!, ood: ood[bin]! }
  })
  const texts = new Map(ticks.map(({ position, text }) => [position, text]))
  const marks = [
    Plot.areaY(steps, { x: 'x', y1: 0, y2: 'id', curve: 'step-after', fill: look.color, fillOpacity: 0.55 }),
    Plot.line(steps, { x: 'x', y: 'ood', curve: 'step-after', stroke: 'currentColor', strokeWidth: 1.25 }),
    Plot.ruleY([0], { strokeOpacity: 0.5 }),
    Plot.axisX([...texts.keys()], { tickFormat: (position: number) => texts.get(position) ?? '', label: null }),
    Plot.axisY({ ticks: 3, tickFormat: (share: number) => `${Number((100 * share).toPrecision(3))} %`, label: null }),
  ]
  const size = { width: 250, height: 132, marginLeft: 42, marginRight: 14, marginTop: 8, marginBottom: 24 }
  return drawSvg({ ...size, marks, x: { domain: [0, bins] }, y: { nice: true }, document }, description)
}
