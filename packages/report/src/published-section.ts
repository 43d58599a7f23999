import { escapeHtml } from './escape-html.ts'
import { percent } from './metric-columns.ts'
import type { PublishedRow, PublishedTable, Results } from './results.ts'

/** What must be said wherever numbers of papers stand beside one's own. */
export const publishedCaution: string =
  'other networks, other training and other images than those above, so no number can be compared with one of them.'

/** The tables of papers that the results carry, each under its protocol, every row with its source. */
export function renderPublishedSection({ published = [] }: Results): string {
  if (published.length === 0) return ''
  return `<section aria-labelledby="published"><h2 id="published">Published</h2>
<p>What papers print, in percent: ${publishedCaution}</p>
${published.map(renderTable).join('\n')}
</section>`
}

function renderTable({ title, protocol, rows }: PublishedTable, i: number): string {
  const id = `published-${i}`
  return `<p class="caption" id="${id}"><b>${escapeHtml(title)}</b> Protocol: ${escapeHtml(protocol)}.</p>
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}"><table class="data" aria-labelledby="${id}"><thead><tr><th scope="col">Method</th><th scope="col">AUROC</th><th scope="col">FPR@95 ID positive</th><th scope="col">Source</th></tr></thead><tbody>${rows.map(renderRow).join('')}</tbody></table></div>`
}

function renderRow({ method, auroc, fpr95IdPositive, source, note }: PublishedRow): string {
  const remark = note ? `<small>${escapeHtml(note)}</small>` : ''
  return `<tr><th scope="row">${escapeHtml(method)}</th><td>${percent(auroc)}</td><td>${percent(fpr95IdPositive)}</td><td class="text">${escapeHtml(source)}${remark}</td></tr>`
}
