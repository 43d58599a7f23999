import type { CoverageRow } from './coverage.ts'

const width = 760
const rowHeight = 34
const left = 250
const right = 30
const top = 56
const most = 0.15

/** SVG: a row a promise; a dot a split, a bar for their mean, a line where the promise is. Readable on light and dark pages. */
export function coveragePlot(rows: readonly CoverageRow[]): string {
  const height = top + rows.length * rowHeight + 40
  const x = (rate: number) => left + (Math.min(rate, most) / most) * (width - left - right)
  const ticks = Array.from({ length: 4 }, (_, i) => (i * most) / 3)
  const bottom = height - 36
  const axis = ticks.map(
    (rate) =>
      `<line x1="${x(rate)}" x2="${x(rate)}" y1="${top - 8}" y2="${bottom}" stroke="#8884"/><text x="${x(rate)}" y="${bottom + 18}" text-anchor="middle">${(100 * rate).toFixed(0)} %</text>`,
  )
  const marks = rows.map((row, i) => plotRow(row, top + i * rowHeight + rowHeight / 2, x))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#777">
<title>False alarms of detectors over 200 random splits</title>
<text x="16" y="24" font-size="14">Share of in-distribution test images called OOD, a dot a split of 200</text>
<text x="16" y="42">red line: the rate promised; blue bar: the mean of the splits</text>
${[...axis, ...marks].join('\n')}
</svg>
`
}

function plotRow(
  { score, falseAlarmRate, confidence, coverage }: CoverageRow,
  y: number,
  x: (rate: number) => number,
): string {
  const promise = confidence === null ? 'on average' : `with confidence ${100 * confidence} %`
  const label = `<text x="16" y="${y + 4}">${score}: ${100 * falseAlarmRate} % ${promise}</text>`
  // Up and down in turns, so that dots of equal rates show how many they are.
  const dots = [...coverage.rates].map(
    (rate, i) => `<circle cx="${x(rate).toFixed(1)}" cy="${(y + ((i * 7) % 19) - 9).toFixed(1)}" r="1.6"/>`,
  )
  const line = (rate: number, colour: string, stroke: number) =>
    `<line x1="${x(rate).toFixed(1)}" x2="${x(rate).toFixed(1)}" y1="${y - 14}" y2="${y + 14}" stroke="${colour}" stroke-width="${stroke}"/>`
  return `${label}<g opacity=".45">${dots.join('')}</g>${line(coverage.mean, '#3b7dd8', 3)}${line(falseAlarmRate, '#d33', 1.5)}`
}
