import { histogramChart } from './histogram-chart.ts'
import { percent } from './metric-columns.ts'
import { nameHtml, shortName } from './name-html.ts'
import type { OodSummary } from './results.ts'
import { rocChart } from './roc-chart.ts'
import { scoreLook, scoreSwatch } from './score-color.ts'
import type { LabelledResult } from './scored-images.ts'

/** For every set the ROC curves of all scores, and a histogram a score. */
export function renderSeparation(
  labelled: readonly LabelledResult[],
  ood: readonly OodSummary[],
  document: Document,
): string {
  return `<section aria-labelledby="separation"><h2 id="separation">Separation</h2>
<p>For each set first the ROC curves: the best lies closest to the upper left corner, and FPR@95 is read on the dashed line,
where 95&nbsp;% of the ID images are kept. Then how the scores spread: the further right, the more in-distribution. <span class="key id"></span>filled: ID test images, <span class="key ood"></span>outlined: OOD
images, each as shares of its side; the outermost bars hold what lies beyond. A score has one colour throughout.</p>
${ood.map((set) => setFigures(labelled, set, document)).join('\n')}
</section>`
}

function setFigures(
  labelled: readonly LabelledResult[],
  { name, group, count }: OodSummary,
  document: Document,
): string {
  const scores = labelled.map((score, i) => {
    const auroc = score.result.sets.find((set) => set.name === name)!.auroc
    return { ...score, i, auroc, images: { id: score.images.id, ood: score.images.ood.get(name)! } }
  })
  const ranked = scores.toSorted((a, b) => b.auroc - a.auroc)
  const legend = ranked.map(
    ({ label, i, auroc }) => `<li>${scoreSwatch(i)}${nameHtml(label)}<span>${percent(auroc)}</span></li>`,
  )
  const set = shortName(name)
  const summary = ranked.map(({ label, auroc }) => `${shortName(label)} ${percent(auroc)} %`).join(', ')
  const histograms = scores.map(({ label, i, auroc, images }) => {
    const description = `Histogram of ${shortName(label)} on ID and on ${set}: AUROC ${percent(auroc)} %`
    const drawn = histogramChart(images, scoreLook(i), description, document)
    return `<figure><figcaption>${scoreSwatch(i)}${nameHtml(label)}</figcaption>${drawn}</figure>`
  })
  return `<article class="set"><h3>${nameHtml(name)} <small>${nameHtml(group)} OOD, ${count} ${count === 1 ? 'image' : 'images'}</small></h3>
<div class="figures"><figure class="roc">${rocChart(labelled, name, `ROC curves on ${set}; AUROC: ${summary}`, document)}
<figcaption>AUROC in percent<ol class="legend">${legend.join('')}</ol></figcaption></figure>
<div class="histograms">${histograms.join('')}</div></div></article>`
}
