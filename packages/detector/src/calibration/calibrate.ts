import { InvalidInputError, InvalidOptionError } from '@mode-ood/core'
import { conformalRank, leastCalibration, type Guarantee } from './conformal-rank.ts'

/** What `calibrate` is asked for. */
export interface CalibrateOptions {
  /** Share of new in-distribution images that may be taken for OOD, in (0, 1). */
  readonly falseAlarmRate: number
  /** Chance in (0, 1) that the share holds for this calibration set; on average over calibration sets unless given. */
  readonly confidence?: number | undefined
  /** The class the model predicts for every image: gives every predicted class a threshold of its own. */
  readonly predictions?: Int32Array | undefined
}

/** The calibration scores of all images, or of those of one predicted class. */
export interface CalibrationGroup {
  /** Ascending. */
  readonly scores: Float64Array
  /** An image is OOD when its score is below: the `rank`-th smallest of the scores. */
  readonly threshold: number
  /** Counted from 1. */
  readonly rank: number
}

/** Thresholds and what they promise, as plain data. */
export interface Calibration extends Guarantee {
  /** One group, or by class one a class. */
  readonly groups: readonly CalibrationGroup[]
  readonly byClass: boolean
}

/**
 * Thresholds from the scores of in-distribution images that neither the model nor the score has learnt from.
 *
 * @param classes number of classes of the model, for thresholds by class.
 * @throws InvalidInputError for scores that are not finite, and when there are too few: it says how many are needed.
 * @throws InvalidOptionError for a rate or a confidence outside (0, 1).
 */
export function calibrate(scores: Float64Array, options: CalibrateOptions, classes: number): Calibration {
  const { falseAlarmRate, confidence = null, predictions } = options
  checkShare('falseAlarmRate', falseAlarmRate)
  if (confidence !== null) checkShare('confidence', confidence)
  const bad = scores.findIndex((score) => !Number.isFinite(score))
  if (bad >= 0) throw new InvalidInputError(`calibration score ${bad} is ${scores[bad]}, and must be a finite number`)
  const guarantee: Guarantee = { falseAlarmRate, confidence }
  if (!predictions) {
    refuseTooFew([{ name: 'the calibration', count: scores.length }], guarantee)
    return { ...guarantee, byClass: false, groups: [group(scores, guarantee)] }
  }
  const parts = byClass(scores, predictions, classes)
  refuseTooFew(
    parts.map((part, label) => ({ name: `predicted class ${label}`, count: part.length })),
    guarantee,
  )
  return { ...guarantee, byClass: true, groups: parts.map((part) => group(part, guarantee)) }
}

function group(unsorted: Float64Array, guarantee: Guarantee): CalibrationGroup {
  const scores = unsorted.toSorted()
  const rank = conformalRank(scores.length, guarantee)
  return { scores, rank, threshold: scores[rank - 1]! }
}

function byClass(scores: Float64Array, predictions: Int32Array, classes: number): Float64Array[] {
  if (predictions.length !== scores.length) {
    throw new InvalidInputError(
      `${scores.length} calibration scores need as many predictions, not ${predictions.length}`,
    )
  }
  const beyond = predictions.find((label) => label < 0 || label >= classes)
  if (beyond !== undefined) {
    throw new InvalidInputError(`a prediction is class ${beyond}, but the model has the classes 0 to ${classes - 1}`)
  }
  return Array.from({ length: classes }, (_, label) => scores.filter((__, image) => predictions[image] === label))
}

function refuseTooFew(parts: readonly { name: string; count: number }[], guarantee: Guarantee): void {
  const needed = leastCalibration(guarantee)
  const small = parts.filter(({ count }) => count < needed)
  if (small.length === 0) return
  const { falseAlarmRate, confidence } = guarantee
  const promise = `a false-alarm rate of ${falseAlarmRate}${confidence === null ? '' : ` with confidence ${confidence}`}`
  const found = small.map(({ name, count }) => `${name} has ${count}`).join(', ')
  throw new InvalidInputError(
    `${promise} needs at least ${needed} calibration images${parts.length > 1 ? ' a class' : ''}, but ${found}`,
  )
}

function checkShare(name: string, value: number): void {
  if (value > 0 && value < 1) return
  throw new InvalidOptionError(`${name} is ${value} and must lie between 0 and 1`)
}
