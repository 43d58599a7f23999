import { renderCharts } from './charts.ts'
import { escapeHtml } from './escape-html.ts'
import { averageGroups, bestOf, fprConventions, metricColumns, percent, percentInterval } from './metric-columns.ts'
import { renderProtocol } from './protocol-section.ts'
import { styles } from './report-styles.ts'
import type { Metrics, Results } from './results.ts'
import { matchScores, type ScoredImages } from './scored-images.ts'
import { scoreLabels } from './score-labels.ts'

/** Images from the most in- to the most out-of-distribution under one score. */
export interface ThumbnailStrip {
  /** The score's label, as `scoreLabels` gives it. */
  readonly score: string
  readonly images: readonly {
    /** `data:image/…` */
    readonly dataUri: string
    readonly label: string
    readonly score: number
    readonly set: string
  }[]
}

export interface ReportOptions {
  readonly thumbnails?: readonly ThumbnailStrip[]
  /** Draws the charts; the page's own in a browser, a light one otherwise. */
  readonly document?: Document
}

/**
 * The report as one HTML page that needs no network and no script.
 *
 * @throws InvalidInputError when scores and results do not belong together.
 */
export async function renderReport(
  results: Results,
  scored: ScoredImages,
  options: ReportOptions = {},
): Promise<string> {
  const labelled = matchScores(results, scored)
  const document = options.document ?? (await ownDocument())
  const labels = scoreLabels(results.scores)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OOD detection: ${escapeHtml(results.model.description)}</title>
<style>${styles}</style>
</head>
<body>
<main>
<h1>Out-of-distribution detection</h1>
<p class="finding">${escapeHtml(finding(results, labels))}</p>
<section aria-labelledby="results"><h2 id="results">Results</h2>
<p>In percent; the best of a column is bold. <b>FPR@95 ID positive</b>: ${fprConventions.idPositive}. <b>FPR@95 OOD positive</b>: ${fprConventions.oodPositive}. The two are different numbers.</p>
${results.ood.map((set) => setTable(results, labels, set.name, `${set.name} (${set.group}, ${set.count} images)`)).join('\n')}
${averageGroups(results.scores[0]?.averages ?? ({} as never))
  .map((group) => averageTable(results, labels, group))
  .join('\n')}
</section>
<section aria-labelledby="separation"><h2 id="separation">Separation</h2>
<p><span class="swatch id"></span>ID test images <span class="swatch ood"></span>OOD images. Bars are shares of each side; ROC curves have ID positive.</p>
${renderCharts(labelled, document)}
</section>
${(options.thumbnails ?? []).length > 0 ? `<section aria-labelledby="images"><h2 id="images">From the most in- to the most out-of-distribution</h2>${options.thumbnails!.map(strip).join('\n')}</section>` : ''}
${renderProtocol(results)}
</main>
</body>
</html>
`
}

async function ownDocument(): Promise<Document> {
  if (typeof globalThis.document === 'object') return globalThis.document
  const { parseHTML } = await import('linkedom')
  return parseHTML('<!doctype html><html><body></body></html>').document as unknown as Document
}

function finding({ scores, ood }: Results, labels: readonly string[]): string {
  const ranked = scores.map((score, i) => ({ label: labels[i]!, auroc: score.averages.all.auroc }))
  ranked.sort((a, b) => b.auroc - a.auroc)
  const [best, second] = ranked
  if (!best) return 'No score was evaluated.'
  const sets = ood.length === 1 ? 'the OOD set' : `${ood.length} OOD sets`
  const next = second ? `; next is ${second.label} with ${percent(second.auroc)} %` : ''
  return `${best.label} separates best on average over ${sets}: AUROC ${percent(best.auroc)} %${next}.`
}

function setTable(results: Results, labels: readonly string[], name: string, title: string): string {
  const rows = results.scores.map((score) => score.sets.find((set) => set.name === name)!)
  return table(
    title,
    labels,
    rows,
    rows.map((row) => percentInterval(row.aurocInterval)),
  )
}

function averageTable(results: Results, labels: readonly string[], group: string): string {
  const title = group === 'all' ? 'Mean over all sets' : `Mean over the ${group} sets`
  return table(
    title,
    labels,
    results.scores.map((score) => score.averages[group]!),
    null,
  )
}

function table(
  title: string,
  labels: readonly string[],
  rows: readonly Metrics[],
  intervals: readonly string[] | null,
): string {
  const best = metricColumns.map(({ key, better }) =>
    bestOf(
      rows.map((row) => row[key]),
      better,
    ),
  )
  const head = metricColumns.map((column) => {
    const interval = column.key === 'auroc' && intervals ? '<th scope="col">95 % interval</th>' : ''
    return `<th scope="col">${column.title}</th>${interval}`
  })
  const body = rows.map((row, i) => {
    const cells = metricColumns.map(({ key }, c) => {
      const value = best[c]![i] ? `<b>${percent(row[key])}</b>` : percent(row[key])
      return `<td>${value}</td>${key === 'auroc' && intervals ? `<td class="interval">${intervals[i]}</td>` : ''}`
    })
    return `<tr><th scope="row">${escapeHtml(labels[i]!)}</th>${cells.join('')}</tr>`
  })
  return `<div class="scroll"><table><caption>${escapeHtml(title)}</caption><thead><tr><th scope="col">score</th>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}

function strip({ score, images }: ThumbnailStrip): string {
  const items = images.map((image) => {
    const text = `${image.set}: ${image.label}, score ${image.score.toPrecision(4)}`
    const source = image.dataUri.startsWith('data:image/') ? escapeHtml(image.dataUri) : ''
    return `<li><img src="${source}" alt="${escapeHtml(text)}" title="${escapeHtml(text)}" width="64" height="64"><span>${escapeHtml(image.set)}</span></li>`
  })
  return `<h3>${escapeHtml(score)}</h3><ol class="strip">${items.join('')}</ol>`
}
