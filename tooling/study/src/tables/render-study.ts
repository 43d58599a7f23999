import { arms } from '../protocol/arms.ts'
import type { Lengths } from '../protocol/protocol.ts'
import type { StudyResults } from '../results/result-files.ts'
import { answers } from './answers.ts'
import { armsTable, comparisonsTable, decisionsTable, setTable } from './study-tables.ts'

/** Everything of docs/study.md that is read off the numbers. */
export function renderStudy(results: StudyResults, lengths: Lengths): string {
  const { epochs, continuationEpochs } = lengths
  const missing = arms.filter(({ name }) => !results.arms.some(({ arm }) => arm === name)).map(({ name }) => name)
  const parts = [
    `${epochs} epochs, ${continuationEpochs} of arms that continue another; ${results.arms.length} networks so far.`,
    missing.length > 0 ? `Not yet run: ${missing.join(', ')}.` : 'Every arm has run at least once.',
  ]
  if (results.arms.length === 0) return `${parts.join(' ')}\n`
  const sets = results.arms[0]!.decisions[0]!.sets
  return [
    parts.join(' '),
    '### Answers so far',
    answers(results)
      .map((line) => `- ${line}`)
      .join('\n'),
    '### Arms',
    armsTable(results),
    ...sets.flatMap(({ set, group, count }) => [
      `### ${set} (${group}, ${count} images): AUROC / FPR@95, ID positive`,
      setTable(results, set),
    ]),
    '### Each decision against plain k-NN on the same network and images',
    'AUROC in points; mean over all networks (least to largest), and how many of them are significantly ahead or behind (p < .05, DeLong, paired, not corrected).',
    decisionsTable(results),
    '### With ALPA against without, same seed and images',
    `${comparisonsTable(results)}\n`,
  ].join('\n\n')
}
