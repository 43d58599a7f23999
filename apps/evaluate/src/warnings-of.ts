import type { Score } from '@mode-ood/core'
import type { EvaluatedSets } from './evaluate.ts'
import type { Features } from './features.ts'

/** Sentences a reader of the numbers should know; `limit` is that of `--limit`. */
export function warningsOf(
  sets: EvaluatedSets,
  scores: readonly Score[],
  hashes: ReadonlyMap<Features['dataset'], string>,
  limit: number | null,
): string[] {
  const warnings: string[] = []
  for (const set of [sets.train, sets.validation, sets.id, ...sets.ood]) {
    if (set && set.skipped.length > 0) {
      warnings.push(`${set.skipped.length} images of ${set.dataset.name} could not be decoded and were left out`)
    }
  }
  if (sets.train && !sets.train.dataset.labelled) {
    const taken = sets.train.classes > 0 ? 'the predicted class was taken' : 'all were taken for one class'
    warnings.push(`the training images have no labels: where a score learns by class, ${taken}`)
  }
  const unsure = scores.filter(({ fitsOn }) => fitsOn === 'validation').map(({ name }) => name)
  if (unsure.length > 0 && !sets.validation) {
    warnings.push(`for want of id.validation, what the model was trained on was taken to fit ${unsure.join(' and ')}`)
  }
  if (sets.id.classes === 0) warnings.push('the model has no classifier, so there is no accuracy')
  else if (!sets.id.dataset.labelled) warnings.push('the ID test images have no labels, so there is no accuracy')
  for (const { dataset } of sets.ood) {
    const twin = [sets.train, sets.validation, sets.id].find(
      (set) => set && hashes.get(set.dataset) === hashes.get(dataset),
    )
    if (twin) warnings.push(`${dataset.name} holds the very images of ${twin.dataset.name}`)
  }
  if (limit !== null) warnings.push(`at most ${limit} images of every set were used (--limit)`)
  return warnings
}
