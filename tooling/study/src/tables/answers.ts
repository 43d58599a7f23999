import { comparisons } from '../protocol/arms.ts'
import type { StudyResults } from '../results/result-files.ts'
import { average, overSeeds, points, tally } from './numbers.ts'
import { chosenOverKnn, decisionNames, overKnn } from './study-tables.ts'

/** Sentences that say no more than the numbers do: what ALPA changes, whether csd beats k-NN, which decision is best. */
export function answers(results: StudyResults): string[] {
  return [
    ...comparisons.map((pair) => localVectors(results, pair)),
    csdAgainstKnn(results),
    bestDecision(results),
    chosenOnIdData(results),
  ]
}

type Pair = (typeof comparisons)[number]

/** Does ALPA make local vectors better? */
function localVectors({ arms, comparisons: compared }: StudyResults, { arm, base }: Pair): string {
  const has = (name: string, seed: number) => arms.some((result) => result.arm === name && result.seed === seed)
  const seeds = compared
    .filter((one) => one.arm === arm && one.base === base)
    .flatMap(({ seed }) => (has(arm, seed) && has(base, seed) ? seed : []))
  const title = `Local vectors, ${arm} over ${base}`
  if (seeds.length === 0) return `${title}: not yet run.`
  const accuracyOf = (name: string, seed: number) =>
    arms.find((result) => result.arm === name && result.seed === seed)!.accuracy
  const gain = (key: 'embedding' | 'quadrants' | 'quadrantsAcross') =>
    overSeeds(
      seeds.map((seed) => accuracyOf(arm, seed)[key] - accuracyOf(base, seed)[key]),
      points,
    )
  const many = seeds.length === 1 ? '1 seed' : `${seeds.length} seeds`
  return `${title} (${many}): k-NN accuracy of quadrants ${gain('quadrants')}, across scales ${gain('quadrantsAcross')}, of whole images ${gain('embedding')} points.`
}

/** Does CSD beat k-NN, with ALPA and without? */
function csdAgainstKnn({ arms }: StudyResults): string {
  const withAlpa = new Set(comparisons.map(({ arm }) => arm))
  const describe = (title: string, own: typeof arms) => {
    if (own.length === 0) return `${title} not yet run`
    const sets = own[0]!.decisions[0]!.sets.map(({ set }) => set)
    const parts = sets.map((set) => {
      const differences = overKnn(own, 'csd', set)
      const { ahead, behind } = tally(differences)
      return `${set} ${points(average(differences.map(({ value }) => value)))} (${ahead} ahead, ${behind} behind of ${own.length})`
    })
    return `${title} ${parts.join(', ')}`
  }
  const after = describe(
    'after ALPA',
    arms.filter(({ arm }) => withAlpa.has(arm)),
  )
  const without = describe(
    'without',
    arms.filter(({ arm }) => !withAlpa.has(arm)),
  )
  return `The paper's csd against k-NN, AUROC in points: ${after}; ${without}.`
}

/** Is a decision that was chosen on ID data alone ahead of k-NN everywhere? */
function chosenOnIdData({ arms }: StudyResults): string {
  const gains = arms[0]!.decisions[0]!.sets.map(({ set }) => {
    const differences = chosenOverKnn(arms, set)
    const { ahead, behind } = tally(differences)
    return { set, ahead, behind, gain: average(differences.map(({ value }) => value)) }
  })
  const show = gains.map(
    ({ set, gain, ahead, behind }) => `${set} ${points(gain)} (${ahead} ahead, ${behind} behind of ${arms.length})`,
  )
  const isAhead = gains.every(({ gain }) => gain > 0)
  return `The decision chosen on ID data alone is ${isAhead ? '' : 'not '}ahead of k-NN on every set: ${show.join(', ')}.`
}

/** Which decision is best, and is one ahead of k-NN everywhere? Seen on the OOD sets, so no advice that was tested. */
function bestDecision({ arms }: StudyResults): string {
  const sets = arms[0]!.decisions[0]!.sets.map(({ set }) => set)
  const gains = decisionNames(arms)
    .filter((name) => name !== 'knn')
    .map((name) => ({
      name,
      gains: sets.map((set) => average(overKnn(arms, name, set).map(({ value }) => value))),
    }))
  const show = (of: readonly number[]) => of.map((gain, i) => `${sets[i]} ${points(gain)}`).join(', ')
  const best = gains.reduce((a, b) => (average(b.gains) > average(a.gains) ? b : a))
  const everywhere = gains.filter((one) => one.gains.every((gain) => gain > 0)).map(({ name }) => name)
  const ahead = everywhere.length > 0 ? everywhere.join(', ') : 'none'
  return `Over all networks, in hindsight: the best mean over the sets has ${best.name} (${show(best.gains)} over k-NN); ahead of k-NN on every set: ${ahead}.`
}
