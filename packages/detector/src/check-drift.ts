import { InvalidInputError, InvalidOptionError } from '@mode-ood/core'
import { kolmogorovTail } from './kolmogorov-tail.ts'

/** What `checkDrift` compares with. */
export interface DriftOptions {
  /** Scores the p-values come from: all, and in the smallest class where there are thresholds by class (as many, unless given). */
  readonly calibrationCount: number
  readonly smallestGroup?: number | undefined
  /** The chance of an alarm while nothing has changed; 0.001 unless given. */
  readonly alarmLevel?: number | undefined
}

/** Whether a batch looks as a whole like the images of the calibration. */
export interface DriftCheck {
  /** Largest distance of the distribution of the p-values from the uniform. */
  readonly statistic: number
  /** The chance of so large a distance while nothing has changed. */
  readonly pValue: number
  readonly isDrift: boolean
}

const fewest = 8

/**
 * Compares the p-values of a batch with the uniform distribution they have for images like those of the calibration: a two-sample
 * Kolmogorov-Smirnov test, since the calibration is a sample itself. An alarm means that the images as a whole are others, in which
 * case the false-alarm rate promised does not hold; it does not say which. P-values of a calibration lie on a grid; where that grid
 * is coarse the test is cautious, never too eager.
 *
 * @throws InvalidInputError for fewer than 8 p-values, or some outside (0, 1].
 *
 * @example checkDrift(pValuesOfToday, { calibrationCount: 1000 }).isDrift
 */
export function checkDrift(pValues: Float64Array, options: DriftOptions): DriftCheck {
  const { calibrationCount, smallestGroup = calibrationCount, alarmLevel = 0.001 } = options
  if (!(alarmLevel > 0 && alarmLevel < 1)) {
    throw new InvalidOptionError(`alarmLevel is ${alarmLevel} and must lie between 0 and 1`)
  }
  if (pValues.length < fewest) {
    throw new InvalidInputError(
      `drift shows in batches of at least ${fewest} images, and this one has ${pValues.length}`,
    )
  }
  const bad = pValues.findIndex((p) => !(p > 0 && p <= 1))
  if (bad >= 0) throw new InvalidInputError(`p-value ${bad} is ${pValues[bad]} and must lie in (0, 1]`)
  const statistic = distanceFromUniform(pValues.toSorted(), 1 / (smallestGroup + 1))
  const effective = Math.sqrt((pValues.length * calibrationCount) / (pValues.length + calibrationCount))
  // Stephens's correction for samples that are not large.
  const pValue = Math.min(1, kolmogorovTail((effective + 0.12 + 0.11 / effective) * statistic))
  return { statistic, pValue, isDrift: pValue <= alarmLevel }
}

/** The p-values lie on multiples of at most `step`: just below one of them the uniform share is that much less. */
function distanceFromUniform(ascending: Float64Array, step: number): number {
  const count = ascending.length
  let distance = 0
  for (const [i, p] of ascending.entries()) {
    distance = Math.max(distance, (i + 1) / count - p, p - step - i / count)
  }
  return distance
}
