import type { ComparisonResult } from '../results/result-schema.ts'
import { writeResult } from '../results/write-result.ts'
import { decisions } from './decisions.ts'
import { difference } from './measure-decision.ts'
import { readScores } from './scores-file.ts'

export interface CompareArmsOptions {
  readonly arm: string
  readonly base: string
  readonly seed: number
  readonly sets: readonly string[]
  /** The files of scores of both. */
  readonly scores: readonly [string, string]
  /** Where the numbers go. */
  readonly file: string
}

/** Under every decision, how far one arm is ahead of another on the same images. */
export async function compareArms({ arm, base, seed, sets, scores, file }: CompareArmsOptions): Promise<void> {
  const [ofArm, ofBase] = [await readScores(scores[0]), await readScores(scores[1])]
  const result: ComparisonResult = {
    schemaVersion: 1,
    ...{ arm, base, seed },
    decisions: decisions.map(({ name }) => ({
      name,
      sets: sets.map((set) => ({ set, overBase: difference(ofArm(name, set), ofBase(name, set)) })),
    })),
  }
  await writeResult(file, result)
}
