import type { FittedScore, Score } from '@mode-ood/core'
import { blameScore } from './blame-score.ts'
import { checkLabels } from './check-labels.ts'
import { argmaxRows, type Features } from './features.ts'
import type { Progress } from '@mode-ood/command'

/** One score's numbers for every image of every set, in the order of the set. */
export interface ScoredSets {
  readonly score: Score
  readonly id: Float64Array
  readonly ood: ReadonlyMap<string, Float64Array>
  readonly fitSeconds: number
  readonly scoreSeconds: number
}

/** Fits one score and applies it to all sets; what it learnt is freed before the next score's turn. */
export async function scoreFeatures(
  score: Score,
  label: string,
  sets: { readonly train: Features | null; readonly id: Features; readonly ood: readonly Features[] },
  progress: Progress,
): Promise<ScoredSets> {
  const images = sets.id.count + sets.ood.reduce((sum, set) => sum + set.count, 0)
  const began = performance.now()
  progress.start(label, images)
  const fitted = await blameScore(
    score,
    () => 'set "id.train"',
    () => score.fit(sets.train ? sets.train.batches() : []),
  )
  const fittedAt = performance.now()
  try {
    const id = await scoreSet(fitted, sets.id, progress)
    const ood = new Map<string, Float64Array>()
    for (const set of sets.ood) ood.set(set.dataset.name, await scoreSet(fitted, set, progress))
    progress.finish(`${images} images`)
    const seconds = (from: number, to: number) => (to - from) / 1000
    return { score, id, ood, fitSeconds: seconds(began, fittedAt), scoreSeconds: seconds(fittedAt, performance.now()) }
  } finally {
    await fitted.close()
  }
}

async function scoreSet(fitted: FittedScore, set: Features, progress: Progress): Promise<Float64Array> {
  const scores = new Float64Array(set.count)
  let done = 0
  for await (const batch of set.batches()) {
    const place = () => `set "${set.dataset.name}", images from ${set.dataset.describe(batch.indices[0] ?? 0)} on`
    scores.set(await blameScore(fitted, place, () => fitted.score(batch)), done)
    done += batch.labels.length
    progress.advance(batch.labels.length)
  }
  return scores
}

/**
 * Share of images whose largest logit is their label's; null when the set has no labels or the model no classifier.
 *
 * @throws InvalidInputError when a label is no class of the model.
 */
export async function accuracy(set: Features): Promise<number | null> {
  if (!set.dataset.labelled || set.classes === 0) return null
  let correct = 0
  for await (const { logits, labels, indices } of set.batches()) {
    const predictions = argmaxRows(logits)
    checkLabels(set.dataset, { labels, indices }, logits.columns)
    for (const [i, label] of labels.entries()) if (predictions[i] === label) correct++
  }
  return correct / set.count
}
