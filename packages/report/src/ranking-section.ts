import { percent, percentInterval } from './metric-columns.ts'
import { nameHtml } from './name-html.ts'
import type { RankedScore, Results } from './results.ts'
import { scoreSwatch } from './score-color.ts'
import { isBehind, rankingLegend, shownPValue } from './significance.ts'

/** For every set all scores by AUROC, and whether each is significantly behind the best; nothing where there is one score. */
export function renderRankings({ rankings = [], ood }: Results, labels: readonly string[]): string {
  if (!hasRankings({ rankings })) return ''
  const tables = rankings.map(({ set, scores }, i) => {
    const group = ood.find(({ name }) => name === set)?.group ?? ''
    const id = `ranking-${i}`
    return `<p class="caption" id="${id}"><b>${nameHtml(set)}</b> ${nameHtml(group)} OOD</p>
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}"><table aria-labelledby="${id}"><thead><tr><th scope="col">Score</th><th scope="col">Rank</th><th scope="col">AUROC</th><th scope="col">Behind the best</th><th scope="col">p</th></tr></thead><tbody>${scores.map((score) => row(score, labels.indexOf(score.label))).join('')}</tbody></table></div>`
  })
  return `<section aria-labelledby="ranking"><h2 id="ranking">Ranking</h2>
<p>By AUROC, in percent. Highlighted: the best, and what is ${rankingLegend}. That the best was picked among them is not corrected for, and what is not shown to be behind is not shown to be equal.</p>
${tables.join('\n')}
</section>`
}

/** Whether there is anything to rank. */
export function hasRankings({ rankings = [] }: Pick<Results, 'rankings'>): boolean {
  return rankings.length > 0 && rankings[0]!.scores.length > 1
}

function row(score: RankedScore, color: number): string {
  const { label, rank, auroc, aurocInterval, behind } = score
  const marked = isBehind(score) ? '' : ' class="best"'
  const deficit = behind
    ? `<td>${percent(behind.difference)}<small>${percent(behind.interval[0])} to ${percent(behind.interval[1])}</small></td><td>${shownPValue(behind.adjustedPValue).replace('<', '&lt;')}</td>`
    : '<td></td><td></td>'
  return `<tr><th scope="row">${scoreSwatch(Math.max(0, color))}${nameHtml(label)}</th><td>${rank}</td><td${marked}>${percent(auroc)}<small>${percentInterval(aurocInterval)}</small></td>${deficit}</tr>`
}
