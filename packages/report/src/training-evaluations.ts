import { percent } from './metric-columns.ts'
import { nameHtml } from './name-html.ts'
import { scoreLabels } from './score-labels.ts'
import type { EvaluationRecord } from './training-record.ts'

/** Rows of the table; the newest, where there are more. */
const mostRows = 60

/** Accuracy, AUROC and FPR@95 after the epochs that were evaluated; nothing where none was. */
export function renderEvaluations(evaluations: readonly EvaluationRecord[]): string {
  const last = evaluations.at(-1)
  if (!last) return ''
  const shown = evaluations.slice(-mostRows)
  const older = evaluations.length - shown.length
  const note = older > 0 ? ` ${older} earlier ones are in metrics.jsonl.` : ''
  const tables =
    last.scores.length === 0
      ? accuracyTable(shown)
      : [
          table('eval-auroc', '<b>AUROC</b> Higher is better.', shown, 'auroc'),
          table('eval-fpr', '<b>FPR@95, ID positive</b> Lower is better.', shown, 'fpr95IdPositive'),
        ].join('\n')
  return `<section aria-labelledby="evaluations"><h2 id="evaluations">Evaluations</h2>
<p>In percent, after each epoch that was evaluated. Nothing of the training was chosen by the OOD sets.${note}</p>
${tables}</section>`
}

function table(
  id: string,
  caption: string,
  rows: readonly EvaluationRecord[],
  key: 'auroc' | 'fpr95IdPositive',
): string {
  const { scores } = rows.at(-1)!
  const labels = scoreLabels(scores)
  const groups = scores.map(
    ({ sets }, i) => `<th scope="colgroup" colspan="${sets.length}">${nameHtml(labels[i]!)}</th>`,
  )
  const sets = scores.flatMap((score) => score.sets.map(({ name }) => `<th scope="col">${nameHtml(name)}</th>`))
  const body = rows.map((row) => {
    const cells = row.scores.flatMap((score) => score.sets.map((set) => `<td>${percent(set[key])}</td>`))
    return `<tr>${rowHead(row)}<td>${accuracyOf(row)}</td>${cells.join('')}</tr>`
  })
  return `<p class="caption" id="${id}">${caption}</p>
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}"><table aria-labelledby="${id}"><thead><tr><th scope="col" rowspan="2">Epoch</th><th scope="col" rowspan="2">Accuracy</th>${groups.join('')}</tr><tr>${sets.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}

function accuracyTable(rows: readonly EvaluationRecord[]): string {
  const body = rows.map((row) => `<tr>${rowHead(row)}<td>${accuracyOf(row)}</td></tr>`)
  return `<table class="times"><thead><tr><th scope="col">Epoch</th><th scope="col">Accuracy</th></tr></thead><tbody>${body.join('')}</tbody></table>`
}

const rowHead = ({ epoch }: EvaluationRecord): string => `<th scope="row">${epoch + 1}</th>`

const accuracyOf = ({ idAccuracy }: EvaluationRecord): string => (idAccuracy === null ? '–' : percent(idAccuracy))
