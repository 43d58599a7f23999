import { bestOfGroup, type BestOfGroup } from './best-of-group.ts'
import { averageGroups, percent, percentInterval } from './metric-columns.ts'
import { nameHtml } from './name-html.ts'
import type { Results } from './results.ts'
import type { LabelledResult } from './scored-images.ts'

/** What a reader should take away: the best score of each group of sets, and whether its lead is more than chance. */
export function renderFinding({ scores }: Results, labelled: readonly LabelledResult[]): string {
  const groups = averageGroups(scores[0]!.averages).filter((group) => group !== 'all')
  const found = groups.map((group) => bestOfGroup(labelled, group))
  return `<p class="finding">${headline(found, labelled.length)}</p>
<div class="cards">${found.map(card).join('')}</div>`
}

function headline(found: readonly BestOfGroup[], scores: number): string {
  const [first] = found as [BestOfGroup]
  const onGroups = (list: readonly BestOfGroup[]) => list.map(({ group }) => nameHtml(group)).join(' and ')
  if (scores === 1) return `${nameHtml(first.label)} on ${onGroups(found)} OOD.`
  const labels = [...new Set(found.map(({ label }) => label))]
  const parts = labels.map((label, i) => {
    const where = onGroups(found.filter((group) => group.label === label))
    return `${nameHtml(label)} ${i === 0 ? 'separates best on average on' : 'on'} ${where} OOD`
  })
  return `${parts.join(', ')}.`
}

function card({ group, sets, label, auroc, interval, next }: BestOfGroup): string {
  const lead = next ? ` ${leadSentence(next)}` : ''
  return `<div class="card"><h2>${nameHtml(group)} OOD</h2>
<p class="number">${percent(auroc)}&nbsp;%</p>
<p>Mean AUROC of ${nameHtml(label)} over ${sets === 1 ? 'one set' : `${sets} sets`}, 95&nbsp;% interval ${percentInterval(interval)}.${lead}</p></div>`
}

function leadSentence({ label, difference, interval }: NonNullable<BestOfGroup['next']>): string {
  const name = nameHtml(label)
  if (interval === null)
    return `Next is ${name}, ${points(difference)} points behind; there are too few images for a test.`
  const [low, high] = interval
  const by = `${points(difference)} points (${points(low)} to ${points(high)})`
  return low > 0
    ? `Its lead over ${name}, ${by}, is significant.`
    : `Its lead over ${name}, ${by}, is not significant: other images might turn it round.`
}

const points = (difference: number): string => percent(difference).replace('-', '−')
