import { escapeHtml } from './escape-html.ts'
import { fprConventions, percent } from './metric-columns.ts'
import type { Results } from './results.ts'

/** What was evaluated and how: model, data, machine, time, and what a reader should know. */
export function renderProtocol(results: Results): string {
  const { model, id, environment, idAccuracy, createdAt } = results
  const classes = model.classes === 0 ? 'no classifier' : `${model.classes} classes`
  const unknown = model.classes === 0 ? 'the model has no classifier' : 'the ID test images have no labels'
  const facts: [string, string][] = [
    ...inputFacts(model, classes),
    ['ID accuracy', idAccuracy === null ? `unknown: ${unknown}` : `${percent(idAccuracy)} %`],
    [
      'Machine',
      Object.entries(environment)
        .map(([key, value]) => `${key} ${value}`)
        .join(', '),
    ],
    ['Evaluated', createdAt],
  ]
  return `<section aria-labelledby="protocol"><h2 id="protocol">Protocol</h2>
<dl>${facts.map(([term, text]) => `<dt>${term}</dt><dd>${plain(text)}</dd>`).join('')}</dl>
${dataTable(results)}
${list('Notes', results.warnings)}
${list(
  'Images left out',
  [id.train, ...validationOf(id), id.test, ...results.ood].flatMap(({ name, skipped }) =>
    skipped.map(({ file, reason }) => `${name}: ${file}: ${reason}`),
  ),
)}
<h3>How to read the numbers</h3>
<p>Scores are higher for in-distribution images. AUROC is the chance that an ID image scores above an OOD image. Two numbers go by the name FPR@95: with ID positive it is the ${fprConventions.idPositive}; with OOD positive it is the ${fprConventions.oodPositive}.</p>
<p>Intervals are DeLong’s, and leads are tested with DeLong’s paired test on the same images; both speak of drawing other images from the same sets, not of other sets or of training again. The interval of a mean runs between the means of the ends, which is never too narrow. That the best of several scores was picked is not corrected for. Averages are unweighted means over sets. Part of any separation is how a set was acquired, so each set is reported by itself.</p>
${timeTable(results)}
</section>`
}

/** A model that was not run has no pixels to tell of. */
function inputFacts({ description, inputSize, mean, std }: Results['model'], classes: string): [string, string][] {
  if (inputSize === 0) return [['Model', `${description}; ${classes}; its outputs were given, no image was read`]]
  return [
    ['Model', `${description}; ${classes}, input ${inputSize} x ${inputSize} pixels`],
    ['Pixels', `(x / 255 − mean) / std, mean ${mean.join(', ')}, std ${std.join(', ')}`],
  ]
}

const validationOf = ({ validation }: Results['id']) => (validation ? [validation] : [])

function dataTable({ id, ood }: Results): string {
  const sets = [
    { ...id.train, role: 'ID training' },
    ...validationOf(id).map((set) => ({ ...set, role: 'ID validation' })),
    { ...id.test, role: 'ID test' },
    ...ood.map((set) => ({ ...set, role: `${set.group} OOD` })),
  ]
  const rows = sets.map(
    ({ name, role, count, description }) =>
      `<tr><th scope="row">${plain(name)}</th><td>${plain(role)}</td><td class="count">${count}</td><td class="text">${plain(description)}</td></tr>`,
  )
  return `<h3 id="data">Data</h3>
<div class="scroll" role="region" tabindex="0" aria-labelledby="data"><table class="data" aria-labelledby="data"><thead><tr><th scope="col">Set</th><th scope="col">Role</th><th scope="col">Images</th><th scope="col">Source</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

/** Listed one by one up to this many; a page of a million lines helps nobody. */
const mostListed = 200

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  const items = lines.slice(0, mostListed).map((line) => `<li>${plain(line)}</li>`)
  if (lines.length > mostListed) items.push(`<li>and ${lines.length - mostListed} more, see results.json</li>`)
  return `<h3>${title}</h3><ul>${items.join('')}</ul>`
}

function timeTable({ timings }: Results): string {
  const rows = Object.entries(timings).map(
    ([stage, seconds]) => `<tr><th scope="row">${plain(stage)}</th><td>${seconds.toFixed(2)}</td></tr>`,
  )
  return `<details><summary>Time of each stage</summary><table class="times"><thead><tr><th scope="col">Stage</th><th scope="col">Seconds</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`
}

const plain = (text: string): string => `<bdi>${escapeHtml(text)}</bdi>`
