import { escapeHtml } from './escape-html.ts'
import { percent } from './metric-columns.ts'
import { nameHtml } from './name-html.ts'
import { ownDocument } from './own-document.ts'
import { renderPage } from './render-page.ts'
import { scoreSwatch } from './score-color.ts'
import { trainingChart } from './training-chart.ts'
import { renderEvaluations } from './training-evaluations.ts'
import type { EvaluationRecord, StepsRecord, TrainingRecord } from './training-record.ts'

/** A training, finished or not. */
export interface TrainingHistory {
  readonly name: string
  /** What is trained and how: terms and texts. */
  readonly facts: readonly (readonly [term: string, text: string])[]
  readonly epochs: number
  readonly stepsPerEpoch: number
  /** In the order of their steps. */
  readonly records: readonly TrainingRecord[]
}

export interface TrainingPageOptions {
  /** Draws the charts; the page's own in a browser, a light one otherwise. */
  readonly document?: Document
}

/** Curves and evaluations of a training as one HTML page that needs no network and no script; its size is bounded. */
export async function renderTraining(history: TrainingHistory, options: TrainingPageOptions = {}): Promise<string> {
  const { name, facts, records } = history
  const document = options.document ?? (await ownDocument())
  const steps = records.filter((record): record is StepsRecord => record.kind === 'steps')
  const evaluations = records.filter((record): record is EvaluationRecord => record.kind === 'evaluation')
  const terms = facts.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd><bdi>${escapeHtml(text)}</bdi></dd>`)
  const header = `<h1>Training</h1>
<p class="about">${nameHtml(name)}; ${progressOf(history, steps)}.</p>
<p class="finding">${finding(steps, evaluations)}</p>`
  const main = `<section aria-labelledby="curves"><h2 id="curves">Curves</h2>
${renderCurves(history, steps, document)}</section>
${renderEvaluations(evaluations)}
<section aria-labelledby="settings"><h2 id="settings">Settings</h2><dl>${terms.join('')}</dl></section>`
  return renderPage({ title: `Training: ${name}`, header, main })
}

function progressOf({ epochs, stepsPerEpoch }: TrainingHistory, steps: readonly StepsRecord[]): string {
  const done = (steps.at(-1)?.step ?? 0) / stepsPerEpoch
  return done >= epochs
    ? `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`
    : `${Number(done.toFixed(1))} of ${epochs} epochs so far`
}

function finding(steps: readonly StepsRecord[], evaluations: readonly EvaluationRecord[]): string {
  const last = steps.at(-1)
  if (!last) return 'Nothing has been trained yet.'
  const accuracy = evaluations.findLast(({ idAccuracy }) => idAccuracy !== null)?.idAccuracy
  const rightly =
    typeof accuracy === 'number' ? `, and ${percent(accuracy)} % of the test images are classified rightly` : ''
  const digits = (value: number) => Number(value.toPrecision(4))
  const parts = Object.entries(last.parts).map(([name, value]) => `${name} ${digits(value)}`)
  const summands = parts.length > 0 ? ` (${escapeHtml(parts.join(', '))})` : ''
  return `The loss is ${digits(last.loss)}${summands}${rightly}.`
}

function renderCurves(history: TrainingHistory, steps: readonly StepsRecord[], document: Document): string {
  const points = steps.map((record) => ({ ...record, epochs: record.step / history.stepsPerEpoch }))
  const parts = Object.keys(steps.at(-1)?.parts ?? {})
  const losses = [
    { name: 'loss', values: points.map(({ epochs, loss }) => [epochs, loss] as const) },
    ...parts.map((part) => ({
      name: part,
      values: points.map((point) => [point.epochs, point.parts[part] ?? Number.NaN] as const),
    })),
  ]
  const rate = [
    { name: 'learning rate', values: points.map(({ epochs, learningRate }) => [epochs, learningRate] as const) },
  ]
  const speed = [
    {
      name: 'images a second',
      values: points.map(({ epochs, imagesPerSecond }) => [epochs, imagesPerSecond] as const),
    },
  ]
  const figure = (title: string, curves: typeof losses) => {
    const legend =
      curves.length > 1
        ? `<ul class="legend">${curves.map(({ name }, i) => `<li>${scoreSwatch(i)}${nameHtml(name)}</li>`).join('')}</ul>`
        : ''
    return `<figure><figcaption>${escapeHtml(title)}</figcaption>${trainingChart(curves, { title, epochs: history.epochs, document })}${legend}</figure>`
  }
  return `<div class="curves">${figure('Loss', losses)}${figure('Learning rate', rate)}${figure('Images a second', speed)}</div>`
}
