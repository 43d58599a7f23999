import { escapeHtml } from './escape-html.ts'
import { percent } from './metric-columns.ts'
import type { Results } from './results.ts'

/** What was evaluated and how: model, data, machine, time, and what a reader should know. */
export function renderProtocol(results: Results): string {
  const { model, id, ood, environment, timings, warnings, idAccuracy } = results
  const facts: [string, string][] = [
    ['Model', `${model.description}; ${model.classes} classes, input ${model.inputSize} pixels`],
    ['Pixels', `(x / 255 - mean) / std, mean ${model.mean.join(', ')}, std ${model.std.join(', ')}`],
    ['ID accuracy', idAccuracy === null ? 'unknown: the ID test images have no labels' : `${percent(idAccuracy)} %`],
    ...[id.train, id.test, ...ood].map((set): [string, string] => [
      set.name,
      `${set.count} images; ${set.description}`,
    ]),
    [
      'Environment',
      Object.entries(environment)
        .map(([key, value]) => `${key} ${value}`)
        .join(', '),
    ],
    ['Evaluated', results.createdAt],
  ]
  const notes = warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`)
  const skipped = [id.train, id.test, ...ood].flatMap((set) =>
    set.skipped.map(({ file, reason }) => `<li>${escapeHtml(`${set.name}: ${file}: ${reason}`)}</li>`),
  )
  const times = Object.entries(timings).map(
    ([stage, seconds]) => `<tr><th scope="row">${escapeHtml(stage)}</th><td>${seconds.toFixed(2)} s</td></tr>`,
  )
  return `<section aria-labelledby="protocol"><h2 id="protocol">Protocol</h2>
<dl>${facts.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`).join('')}</dl>
${notes.length > 0 ? `<h3>Notes</h3><ul>${notes.join('')}</ul>` : ''}
${skipped.length > 0 ? `<h3>Images left out</h3><ul>${skipped.join('')}</ul>` : ''}
<p>Scores are higher for in-distribution images. Intervals are DeLong's for the AUROC; they speak of drawing other images from the same sets. Averages are unweighted means over sets. Each OOD set is reported by itself: part of any separation is how a set was acquired.</p>
<details><summary>Time a stage</summary><table>${times.join('')}</table></details>
</section>`
}
