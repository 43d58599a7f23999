import * as Plot from '@observablehq/plot'
import { rocCurve } from '@mode-ood/metrics'
import { escapeHtml } from './escape-html.ts'
import { percent } from './metric-columns.ts'
import type { LabelledResult } from './scored-images.ts'

const bins = 48
const idColor = '#0072b2'
const oodColor = '#e69f00'

/** Counts of both sides in common bins over the range of both. */
export function histogram(id: Float64Array, ood: Float64Array): { x1: number; x2: number; id: number; ood: number }[] {
  let low = Infinity
  let high = -Infinity
  for (const scores of [id, ood]) {
    for (const score of scores) {
      low = Math.min(low, score)
      high = Math.max(high, score)
    }
  }
  const step = (high - low) / bins || 1
  const found = Array.from({ length: bins }, (_, i) => ({
    x1: low + i * step,
    x2: low + (i + 1) * step,
    id: 0,
    ood: 0,
  }))
  const place = (score: number) => found[Math.min(bins - 1, Math.floor((score - low) / step))]!
  for (const score of id) place(score).id++
  for (const score of ood) place(score).ood++
  return found
}

/** For every score and set a histogram of both sides and the ROC curve, as figures. */
export function renderCharts(labelled: readonly LabelledResult[], document: Document): string {
  return labelled
    .map(({ label, result, images }) => {
      const figures = result.sets.map(({ name, auroc }) => {
        const ood = images.ood.get(name)!
        const caption = `${label}, ${name}: AUROC ${percent(auroc)} %`
        return `<figure>${histogramSvg(images.id, ood, document, caption)}${rocSvg(images.id, ood, document, caption)}<figcaption>${escapeHtml(caption)}</figcaption></figure>`
      })
      return `<h3>${escapeHtml(label)}</h3><div class="charts">${figures.join('')}</div>`
    })
    .join('\n')
}

function histogramSvg(id: Float64Array, ood: Float64Array, document: Document, caption: string): string {
  const rows = histogram(id, ood).flatMap(({ x1, x2, id: inside, ood: outside }) => [
    { x1, x2, share: inside / id.length, color: idColor },
    { x1, x2, share: outside / ood.length, color: oodColor },
  ])
  const marks = [
    Plot.rectY(rows, {
      x1: 'x1',
      x2: 'x2',
      y: 'share',
      fill: 'color',
      fillOpacity: 0.55,
      mixBlendMode: 'normal',
      inset: 0,
    }),
    Plot.ruleY([0]),
  ]
  const x = { label: 'score, higher = ID' }
  const y = { label: 'share of images', tickFormat: '%', ticks: 4 }
  return svg({ marks, x, y, width: 300, height: 190, document }, `Histogram of scores: ${caption}`)
}

function rocSvg(id: Float64Array, ood: Float64Array, document: Document, caption: string): string {
  const { fpr, tpr } = rocCurve(id, ood, { maxPoints: 200 })
  const points = Array.from(fpr, (x, i) => [x, tpr[i]!] as [number, number])
  const marks = [
    Plot.line(
      [
        [0, 0],
        [1, 1],
      ],
      { stroke: 'currentColor', strokeOpacity: 0.35, strokeDasharray: '3 3' },
    ),
    Plot.line(points, { stroke: idColor, strokeWidth: 2 }),
  ]
  const x = { label: 'OOD accepted', tickFormat: '%', ticks: 4, domain: [0, 1] }
  const y = { label: 'ID accepted', tickFormat: '%', ticks: 4, domain: [0, 1] }
  return svg({ marks, x, y, width: 210, height: 190, document }, `ROC curve: ${caption}`)
}

function svg(options: Plot.PlotOptions, label: string): string {
  const element = Plot.plot({ marginLeft: 46, marginBottom: 34, style: { background: 'none' }, ...options })
  // Numbers with fifteen digits are half the size of a page and nothing to the eye.
  const drawn = element.outerHTML.replaceAll(/-?\d+\.\d{3,}/g, (digits) => String(Number(Number(digits).toFixed(2))))
  return drawn.replace('<svg', `<svg role="img" aria-label="${escapeHtml(label)}"`)
}
