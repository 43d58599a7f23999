import { InvalidInputError } from '@mode-ood/core'
import { pValues } from '@mode-ood/scores'
import type { Calibration } from './calibrate.ts'

/** What a calibration says about scores. */
export interface Decisions {
  /** (1 + #{calibration ≤ s}) / (n + 1), of the predicted class where there are thresholds by class. */
  readonly pValues: Float64Array
  readonly isOod: readonly boolean[]
}

/**
 * @param predictions needed for thresholds by class.
 * @throws InvalidInputError for thresholds by class without predictions, or with one of a class that has none.
 */
export function decide(calibration: Calibration, scores: Float64Array, predictions: Int32Array | null): Decisions {
  const { groups, byClass } = calibration
  if (!byClass) {
    const { scores: known, threshold } = groups[0]!
    return { pValues: pValues(known, scores), isOod: Array.from(scores, (score) => score < threshold) }
  }
  if (!predictions) throw new InvalidInputError('thresholds by class need the logits of the model')
  const found = new Float64Array(scores.length)
  const isOod: boolean[] = []
  for (const [image, score] of scores.entries()) {
    const group = groups[predictions[image]!]
    if (!group) {
      throw new InvalidInputError(
        `image ${image} is predicted to be class ${predictions[image]}, but there are thresholds for the classes 0 to ${groups.length - 1}`,
      )
    }
    const { scores: known, threshold } = group
    found[image] = pValues(known, Float64Array.of(score))[0]!
    isOod.push(score < threshold)
  }
  return { pValues: found, isOod }
}
