import type { Metrics, RankedScore, Results, ScoreResult } from './results.ts'
import { averageGroups } from './metric-columns.ts'
import { scoreLabels } from './score-labels.ts'

const metricKeys = [
  'auroc',
  'auprId',
  'auprOod',
  'fpr95IdPositive',
  'fpr95OodPositive',
  'fpr95Paper',
  'detectionError',
] as const satisfies readonly (keyof Metrics)[]

const rankingKeys = ['rank', 'behindBest', 'behindLow', 'behindHigh', 'pValue', 'adjustedPValue']

const header = [
  ...['score', 'options', 'kind', 'set', 'group', 'count'],
  ...[...metricKeys, 'aurocLow', 'aurocHigh', ...rankingKeys],
]

/**
 * The results as RFC 4180 text (CRLF, header line): one row for each score and set (`kind` is `set`), then one for each
 * average (`kind` is `average`; set, count, interval and ranking empty). Metrics are fractions with all their digits.
 *
 * A name that a spreadsheet would run as a formula (it begins with `= + - @`, a tab or a line break) gets an apostrophe
 * in front.
 */
export function renderCsv(results: Results): string {
  const labels = scoreLabels(results.scores)
  const rows = results.scores.flatMap((score, i) => scoreRows(score, labels[i]!, results.rankings ?? []))
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function scoreRows(
  { options, sets, averages }: ScoreResult,
  label: string,
  rankings: NonNullable<Results['rankings']>,
): (string | number)[][] {
  const ranked = (set: string) =>
    rankings.find((ranking) => ranking.set === set)?.scores.find((score) => score.label === label)
  const start = [label, JSON.stringify(options)]
  return [
    ...sets.map((set) => {
      return [
        ...start,
        'set',
        set.name,
        set.group,
        set.count,
        ...metricKeys.map((key) => set[key]),
        ...set.aurocInterval,
        ...rankingCells(ranked(set.name)),
      ]
    }),
    ...averageGroups(averages).map((group) => {
      return [
        ...start,
        'average',
        '',
        group,
        '',
        ...metricKeys.map((key) => averages[group]![key]),
        '',
        '',
        ...rankingCells(),
      ]
    }),
  ]
}

/** Empty where nothing was ranked; of the best only the rank is known. */
function rankingCells(ranked?: RankedScore): (string | number)[] {
  if (!ranked) return rankingKeys.map(() => '')
  const { rank, behind } = ranked
  if (!behind) return [rank, '', '', '', '', '']
  return [rank, behind.difference, ...behind.interval, behind.pValue, behind.adjustedPValue]
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  // Spreadsheets of some countries split at `;` or tabs: quoted too, so that no part of a name begins a cell.
  const harmless = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
