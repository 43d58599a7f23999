import { renderFinding } from './finding-section.ts'
import { renderImages, type ThumbnailStrip } from './images-section.ts'
import { percent } from './metric-columns.ts'
import { nameHtml } from './name-html.ts'
import { ownDocument } from './own-document.ts'
import { renderPage } from './render-page.ts'
import { renderProtocol } from './protocol-section.ts'
import { renderPublishedSection } from './published-section.ts'
import { hasRankings, renderRankings } from './ranking-section.ts'
import type { Results } from './results.ts'
import { renderResults } from './results-section.ts'
import { matchScores, type ScoredImages } from './scored-images.ts'
import { renderSeparation } from './separation-section.ts'

export interface ReportOptions {
  readonly thumbnails?: readonly ThumbnailStrip[]
  /** Draws the charts; the page's own in a browser, a light one otherwise. */
  readonly document?: Document
}

/**
 * The report as one HTML page that needs no network and no script. Its size is bounded by the number of scores and sets, not
 * by the number of images.
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
  const strips = options.thumbnails ?? []
  const labels = labelled.map(({ label }) => label)
  const sections = [
    'Results',
    ...(hasRankings(results) ? ['Ranking'] : []),
    'Separation',
    ...(strips.length > 0 ? ['Images'] : []),
    'Protocol',
    ...(results.published?.length ? ['Published'] : []),
  ]
  const header = `<h1>Out-of-distribution detection</h1>
<p class="about">${about(results)}</p>
${renderFinding(results, labelled)}
<nav aria-label="Sections"><ul>${sections.map((name) => `<li><a href="#${name.toLowerCase()}">${name}</a></li>`).join('')}</ul></nav>`
  const main = `${renderResults(results, labels)}
${renderRankings(results, labels)}
${renderSeparation(labelled, results.ood, document)}
${renderImages(strips, results.id.test.name)}
${renderProtocol(results)}
${renderPublishedSection(results)}`
  return renderPage({ title: `OOD detection: ${results.model.description}`, header, main })
}

function about({ model, id, idAccuracy }: Results): string {
  const accuracy = idAccuracy === null ? '' : `, classified with ${percent(idAccuracy)}&nbsp;% accuracy`
  return `${nameHtml(model.description)}; ${id.test.count} ID test images${accuracy}.`
}
