import { InvalidInputError } from '@mode-ood/core'
import type { Results } from './results.ts'
import { scoreLabels } from './score-labels.ts'

/** The raw scores of one score: one number an image in the order of the set, higher = in-distribution. */
export interface ImageScores {
  /** Of the ID test images. */
  readonly id: Float64Array
  /** By the name of the OOD set. */
  readonly ood: ReadonlyMap<string, Float64Array>
}

/** The raw scores behind the results, by label as `scoreLabels(results.scores)` gives them. */
export interface ScoredImages {
  readonly scores: ReadonlyMap<string, ImageScores>
}

/** One score with everything a section of the report needs. */
export interface LabelledResult {
  readonly label: string
  readonly result: Results['scores'][number]
  readonly images: ImageScores
}

/**
 * Puts results and raw scores together.
 *
 * @throws InvalidInputError when a score or a set is missing, has another number of images than the results say, or
 *   holds a number that is not finite.
 */
export function matchScores(results: Results, scored: ScoredImages): LabelledResult[] {
  const labels = scoreLabels(results.scores)
  return results.scores.map((result, i) => {
    const label = labels[i]!
    const images = scored.scores.get(label)
    if (images === undefined) throw new InvalidInputError(`score "${label}" is in the results but has no raw scores`)
    check(images.id, results.id.test.count, label, results.id.test.name)
    for (const { name, count } of result.sets) check(images.ood.get(name), count, label, name)
    return { label, result, images }
  })
}

function check(scores: Float64Array | undefined, count: number, label: string, set: string): void {
  const where = `score "${label}" on set "${set}"`
  if (scores === undefined) throw new InvalidInputError(`${where} has no raw scores`)
  if (scores.length !== count) {
    throw new InvalidInputError(`${where} has ${scores.length} raw scores, but the results count ${count} images`)
  }
  const bad = scores.findIndex((score) => !Number.isFinite(score))
  if (bad >= 0) throw new InvalidInputError(`${where} is ${scores[bad]} for image ${bad}`)
}
