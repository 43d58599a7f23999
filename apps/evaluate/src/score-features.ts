import type { Progress } from '@mode-ood/command'
import type { FittedScore, Score } from '@mode-ood/core'
import { blameScore } from './blame-score.ts'
import type { Features } from './features.ts'
import { fitScores, type FittingSets, type OnScoreFailure } from './fit-scores.ts'

/** One score's numbers for every image of every set, in the order of the set. */
export interface ScoredSets {
  readonly score: Score
  readonly id: Float64Array
  readonly ood: ReadonlyMap<string, Float64Array>
  readonly fitSeconds: number
  readonly scoreSeconds: number
}

/** A score at work: fitted, with what it has said so far. */
interface Scoring {
  readonly score: Score
  readonly fitted: FittedScore
  readonly numbers: Float64Array[]
  readonly fitSeconds: number
  scoreSeconds: number
}

/**
 * Fits all scores and applies them to all sets. Every batch of features is read once and handed to all scores: once for each pass
 * that a fit takes, and once to score. What the scores have learnt is in memory at the same time.
 *
 * @returns the scores that did not fail.
 */
export async function scoreFeatures(
  scores: readonly Score[],
  sets: FittingSets & { readonly id: Features; readonly ood: readonly Features[] },
  progress: Progress,
  onFailure: OnScoreFailure,
): Promise<ScoredSets[]> {
  const fits = await fitScores(scores, sets, progress, onFailure)
  const all = fits.map((fit): Scoring => ({ ...fit, numbers: [], scoreSeconds: 0 }))
  try {
    let working: readonly Scoring[] = all
    for (const set of [sets.id, ...sets.ood]) working = await scoreSet(working, set, progress, onFailure)
    return working.map(({ score, numbers, fitSeconds, scoreSeconds }) => {
      const [id, ...ood] = numbers
      return {
        score,
        id: id!,
        ood: new Map(sets.ood.map((set, i) => [set.dataset.name, ood[i]!])),
        fitSeconds,
        scoreSeconds,
      }
    })
  } finally {
    await Promise.all(all.map(({ fitted }) => fitted.close()))
  }
}

/** Adds the numbers of one set; returns the scores that did not fail. */
async function scoreSet(
  scorings: readonly Scoring[],
  set: Features,
  progress: Progress,
  onFailure: OnScoreFailure,
): Promise<readonly Scoring[]> {
  progress.start(`scores of ${set.dataset.name}`, set.count)
  for (const { numbers } of scorings) numbers.push(new Float64Array(set.count))
  let working = scorings
  let done = 0
  for await (const batch of set.batches()) {
    const place = () => `set "${set.dataset.name}", images from ${set.dataset.describe(batch.indices[0] ?? 0)} on`
    for (const scoring of working) {
      const began = performance.now()
      try {
        const scores = await blameScore(scoring.score, place, () => scoring.fitted.score(batch))
        scoring.numbers.at(-1)!.set(scores, done)
      } catch (error) {
        onFailure(scoring.score, error)
        working = working.filter((other) => other !== scoring)
      }
      scoring.scoreSeconds += (performance.now() - began) / 1000
    }
    done += batch.labels.length
    progress.advance(batch.labels.length)
  }
  progress.finish(`${set.count} images by ${working.length} score${working.length === 1 ? '' : 's'}`)
  return working
}
