import { arms, comparisons } from '../protocol/arms.ts'
import type { StudyResults } from '../results/result-files.ts'
import type { ArmResult, Difference, MeasuredDecision } from '../results/result-schema.ts'
import { markdownTable } from './markdown-table.ts'
import { overSeeds, percent, showDifferences } from './numbers.ts'

/** Accuracies, and by what csd decides; percent. */
export function armsTable({ arms: results }: StudyResults): string {
  const header = ['arm', 'seeds', 'classifier', 'k-NN', 'quadrants', 'across', 'whole decides', 'chosen on ID data']
  const rows = arms.map(({ name }) => {
    const own = results.filter(({ arm }) => arm === name)
    const show = (pick: (result: ArmResult) => number | null) =>
      overSeeds(own.map(pick).filter((value): value is number => value !== null))
    return [
      name,
      own.length === 0 ? 'not yet run' : String(own.length),
      show(({ accuracy }) => accuracy.classifier),
      show(({ accuracy }) => accuracy.embedding),
      show(({ accuracy }) => accuracy.quadrants),
      show(({ accuracy }) => accuracy.quadrantsAcross),
      show(({ wholeDecides }) => wholeDecides),
      [...new Set(own.map((result) => chosenDecision(result).name))].join(', ') || '–',
    ]
  })
  return markdownTable(header, rows)
}

/** One set: a row a decision, a column an arm. */
export function setTable({ arms: results }: StudyResults, set: string): string {
  const finished = arms.filter(({ name }) => results.some(({ arm }) => arm === name))
  const rows = decisionNames(results).map((decision) => [
    decision,
    ...finished.map(({ name }) => {
      const own = results.filter(({ arm }) => arm === name).map((result) => onSet(result, decision, set))
      if (own.length > 1) {
        return `${overSeeds(own.map(({ auroc }) => auroc))} / ${overSeeds(own.map((one) => one.fpr95IdPositive))}`
      }
      const [{ auroc, aurocInterval, fpr95IdPositive }] = own as [(typeof own)[number]]
      return `${percent(auroc)} [${aurocInterval.map(percent).join(', ')}] / ${percent(fpr95IdPositive)}`
    }),
  ])
  return markdownTable(['decision', ...finished.map(({ name }) => name)], rows)
}

/** A row a decision, a column a set: how far it is ahead of k-NN, over all networks. */
export function decisionsTable({ arms: results }: StudyResults): string {
  const sets = results[0]!.decisions[0]!.sets.map(({ set }) => set)
  const rows = decisionNames(results)
    .filter((name) => name !== 'knn')
    .map((name) => [name, ...sets.map((set) => showDifferences(overKnn(results, name, set)))])
  const chosen = ['chosen on ID data', ...sets.map((set) => showDifferences(chosenOverKnn(results, set)))]
  return markdownTable(['decision', ...sets], [...rows, chosen])
}

/** A row a pair of arms and decision, a column a set. */
export function comparisonsTable({ arms: results, comparisons: compared }: StudyResults): string {
  const sets = results[0]!.decisions[0]!.sets.map(({ set }) => set)
  const rows = comparisons.flatMap(({ arm, base }) => {
    const own = compared.filter((one) => one.arm === arm && one.base === base)
    const pair = `${arm} over ${base}`
    if (own.length === 0) return [[pair, 'not yet run', ...sets.map(() => '–')]]
    return decisionNames(results).map((decision) => [
      pair,
      decision,
      ...sets.map((set) =>
        showDifferences(
          own.map(
            ({ decisions }) =>
              decisions.find(({ name }) => name === decision)!.sets.find((one) => one.set === set)!.overBase,
          ),
        ),
      ),
    ])
  })
  return markdownTable(['arms', 'decision', ...sets], rows)
}

/** Of every network, how far a decision is ahead of k-NN on a set. */
export function overKnn(results: readonly ArmResult[], decision: string, set: string): Difference[] {
  return results.map((result) => onSet(result, decision, set).overKnn)
}

/** The same of the decision that each network's ID data choose. */
export function chosenOverKnn(results: readonly ArmResult[], set: string): Difference[] {
  return results.map((result) => onSet(result, chosenDecision(result).name, set).overKnn)
}

/** The decision that best tells training images from those whose class is taken out of the bank; no OOD set has a say. */
function chosenDecision({ decisions }: ArmResult): MeasuredDecision {
  return decisions.reduce((best, next) => (next.heldOutAuroc > best.heldOutAuroc ? next : best))
}

export function decisionNames(results: readonly ArmResult[]): string[] {
  return results[0]!.decisions.map(({ name }) => name)
}

function onSet(result: ArmResult, decision: string, set: string) {
  return result.decisions.find(({ name }) => name === decision)!.sets.find((one) => one.set === set)!
}
