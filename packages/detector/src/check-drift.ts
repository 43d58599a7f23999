import { InvalidInputError, InvalidOptionError } from '@mode-ood/core'
import { kolmogorovTail } from './kolmogorov-tail.ts'

/** What `checkDrift` compares with. */
export interface DriftOptions {
  /** The calibration scores that the p-values come from, ascending; by class one array a class. */
  readonly calibration: readonly Float64Array[]
  /** The class of every image; needed where there are several. */
  readonly predictions?: Int32Array | undefined
  /** The chance of an alarm while nothing has changed; 0.001 unless given. */
  readonly alarmLevel?: number | undefined
}

/** Whether a batch looks as a whole like the images of the calibration. */
export interface DriftCheck {
  /** Largest distance between the distributions of the p-values. */
  readonly statistic: number
  /** The chance of so large a distance while nothing has changed. */
  readonly pValue: number
  readonly isDrift: boolean
}

const fewest = 8

/**
 * Compares the p-values of a batch with those of the calibration's own images: a two-sample Kolmogorov-Smirnov test, in which equal
 * scores count as equal on both sides. An alarm means that the images as a whole are others, in which case the false-alarm rate promised
 * does not hold; it does not say which. Where many scores are equal the test is cautious, never too eager.
 *
 * By class the calibration is taken in the class shares w of the batch: classes that come in other shares are no drift. With n images a
 * class it then counts as 1 / sum of w²/n images.
 *
 * Takes O(n log n) for n scores of batch and calibration together.
 *
 * @throws InvalidInputError for fewer than 8 p-values, some outside (0, 1], or predictions that do not fit.
 *
 * @example checkDrift(pValuesOfToday, { calibration: [calibrationScores] }).isDrift
 */
export function checkDrift(pValues: Float64Array, options: DriftOptions): DriftCheck {
  const { calibration, predictions, alarmLevel = 0.001 } = options
  if (!(alarmLevel > 0 && alarmLevel < 1)) {
    throw new InvalidOptionError(`alarmLevel is ${alarmLevel} and must lie between 0 and 1`)
  }
  const count = pValues.length
  if (count < fewest) {
    throw new InvalidInputError(`drift shows in batches of at least ${fewest} images, and this one has ${count}`)
  }
  const bad = pValues.findIndex((p) => !(p > 0 && p <= 1))
  if (bad >= 0) throw new InvalidInputError(`p-value ${bad} is ${pValues[bad]} and must lie in (0, 1]`)
  const shares = classShares(count, calibration, predictions)
  const statistic = largestDistance(pValues, calibration, shares)
  const known = 1 / shares.reduce((sum, share, c) => (share > 0 ? sum + share ** 2 / calibration[c]!.length : sum), 0)
  const effective = Math.sqrt((count * known) / (count + known))
  // Stephens's correction for samples that are not large.
  const pValue = Math.min(1, kolmogorovTail((effective + 0.12 + 0.11 / effective) * statistic))
  return { statistic, pValue, isDrift: pValue <= alarmLevel }
}

function classShares(
  count: number,
  calibration: readonly Float64Array[],
  predictions: Int32Array | undefined,
): Float64Array {
  const shares = new Float64Array(calibration.length)
  if (calibration.length === 1 && !predictions) return shares.fill(1)
  if (predictions?.length !== count) {
    throw new InvalidInputError(
      `${count} p-values by class need as many predictions, not ${predictions?.length ?? 'none'}`,
    )
  }
  for (const label of predictions) {
    if (!calibration[label]?.length) throw new InvalidInputError(`there are no calibration scores of class ${label}`)
    shares[label]! += 1 / count
  }
  return shares
}

/** Of two step functions, at the steps of both: one with a step for every image of the batch, one for every calibration score. */
function largestDistance(pValues: Float64Array, calibration: readonly Float64Array[], shares: Float64Array): number {
  const steps = Array.from(pValues, (at) => ({ at, height: 1 / pValues.length }))
  for (const [c, scores] of calibration.entries()) {
    if (shares[c] === 0) continue
    for (const at of ownPValues(scores)) steps.push({ at, height: -shares[c]! / scores.length })
  }
  steps.sort((a, b) => a.at - b.at)
  let difference = 0
  let distance = 0
  for (const [i, { at, height }] of steps.entries()) {
    difference += height
    // Steps at one place are one step.
    if (steps[i + 1]?.at !== at) distance = Math.max(distance, Math.abs(difference))
  }
  return distance
}

/** (1 + #{calibration ≤ s}) / (n + 1) of the calibration scores themselves, of equal ones that of the last. */
function ownPValues(ascending: Float64Array): Float64Array {
  const own = new Float64Array(ascending.length)
  for (let i = ascending.length - 1; i >= 0; i--) {
    own[i] = ascending[i] === ascending[i + 1] ? own[i + 1]! : (i + 2) / (ascending.length + 1)
  }
  return own
}
