import { holmAdjusted, pairedDelong } from '@mode-ood/metrics'
import type { Deficit, Results, SetRanking } from './results.ts'
import { matchScores, type LabelledResult, type ScoredImages } from './scored-images.ts'

/**
 * For every OOD set the scores from the best AUROC down, and whether each is significantly behind the best: DeLong's paired test
 * on the same images, its p-values corrected by Holm for the number of comparisons. That the best was picked among them is not
 * corrected for, so a score just behind it may be as good; one that is not significantly behind is not shown to be equal either.
 *
 * @throws InvalidInputError when scores and results do not belong together.
 */
export function rankScores(results: Results, scored: ScoredImages): SetRanking[] {
  const labelled = matchScores(results, scored)
  return results.ood.map(({ name }) => ({ set: name, scores: rankOn(name, labelled) }))
}

function rankOn(set: string, labelled: readonly LabelledResult[]): SetRanking['scores'] {
  const onSet = labelled.map((score) => ({ ...score, measured: score.result.sets.find(({ name }) => name === set)! }))
  const ranked = onSet.toSorted((a, b) => b.measured.auroc - a.measured.auroc)
  const [best, ...others] = ranked
  const deficits = correct(others.map((other) => deficit(best!, other, set)))
  return ranked.map(({ label, measured: { auroc, aurocInterval } }, i) => ({
    label,
    rank: 1 + ranked.findIndex(({ measured }) => measured.auroc === auroc),
    auroc,
    aurocInterval,
    behind: i === 0 ? null : deficits[i - 1]!,
  }))
}

/** Null where a side has too few images for a test. */
function deficit(best: LabelledResult, other: LabelledResult, set: string): Omit<Deficit, 'adjustedPValue'> | null {
  const sides = ({ images }: LabelledResult) => ({ id: images.id, ood: images.ood.get(set)! })
  const [first, second] = [sides(best), sides(other)]
  if (first.id.length < 2 || first.ood.length < 2) return null
  const { difference, interval, pValue } = pairedDelong(first, second)
  return { difference, interval, pValue }
}

function correct(deficits: readonly (Omit<Deficit, 'adjustedPValue'> | null)[]): (Deficit | null)[] {
  const tested = deficits.filter((found) => found !== null)
  const adjusted = holmAdjusted(tested.map(({ pValue }) => pValue))
  return deficits.map((found) => found && { ...found, adjustedPValue: adjusted[tested.indexOf(found)]! })
}
