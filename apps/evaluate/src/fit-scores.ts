import type { Progress } from '@mode-ood/command'
import type { FittedScore, Score } from '@mode-ood/core'
import { blameScore } from './blame-score.ts'
import type { Features } from './features.ts'
import { readInStep } from './read-in-step.ts'

/** What scores learn from. */
export interface FittingSets {
  /** Null when no score learns. */
  readonly train: Features | null
  /** ID images that the model was not trained on, for the scores that prefer them; training images are taken where it is null. */
  readonly validation: Features | null
}

/** A score, fitted, and how long that took. */
export interface Fit {
  readonly score: Score
  readonly fitted: FittedScore
  readonly fitSeconds: number
}

/** Told of a score that fails; throwing ends the run, else the score is left out. */
export type OnScoreFailure = (score: Score, reason: unknown) => void

/** Fits the scores, all in step, and returns those that did not fail, in their order. */
export async function fitScores(
  scores: readonly Score[],
  { train, validation }: FittingSets,
  progress: Progress,
  onFailure: OnScoreFailure,
): Promise<Fit[]> {
  const prefersValidation = (score: Score) => validation !== null && score.fitsOn === 'validation'
  const learning = scores.filter((score) => score.needsFit)
  const parts = [
    { set: train, members: learning.filter((score) => !prefersValidation(score)) },
    { set: validation, members: learning.filter(prefersValidation) },
  ]
  const fits: Fit[] = []
  const keep = (fit: Fit) => fits.push(fit)
  try {
    for (const score of scores) if (!score.needsFit) keep({ score, fitted: await score.fit([]), fitSeconds: 0 })
    for (const { set, members } of parts) {
      if (set && members.length > 0) await fitOn(set, members, { progress, onFailure, keep })
    }
  } catch (error) {
    await Promise.all(fits.map(({ fitted }) => fitted.close()))
    throw error
  }
  return scores.flatMap((score) => fits.find((fit) => fit.score === score) ?? [])
}

interface Fitting {
  readonly progress: Progress
  readonly onFailure: OnScoreFailure
  /** Takes a score as soon as it is fitted. */
  readonly keep: (fit: Fit) => void
}

async function fitOn(set: Features, scores: readonly Score[], { progress, onFailure, keep }: Fitting): Promise<void> {
  const { name } = set.dataset
  let passes = 0
  await readInStep(
    () => set.batches(),
    scores.map((score) => async (data, seconds) => {
      const fitted = await blameScore(
        score,
        () => `set "${name}"`,
        () => score.fit(data),
      )
      keep({ score, fitted, fitSeconds: seconds() })
    }),
    (reader, reason) => onFailure(scores[reader]!, reason),
    (round) => {
      passes = round
      progress.start(`learning from ${name}`, set.count)
      return (batch) => progress.advance(batch.labels.length)
    },
  )
  const [many, often] = [scores.length === 1 ? '' : 's', passes === 1 ? '' : 'es']
  progress.finish(`${set.count} images, ${scores.length} score${many}, ${passes} pass${often}`)
}
