import { createRandom, InvalidInputError } from '@mode-ood/core'
import { calibrate, type CalibrateOptions } from './calibration/calibrate.ts'
import { decide } from './calibration/decide.ts'

export interface CoverageOptions extends Pick<CalibrateOptions, 'falseAlarmRate' | 'confidence'> {
  /** Scores that calibrate in every split; the others are judged. */
  readonly calibrationCount: number
  /** Random splits; 200 unless given. */
  readonly splits?: number | undefined
  readonly seed?: number | string | undefined
}

/** False alarms over random splits of in-distribution scores. */
export interface Coverage {
  /** Share of false alarms among the scores that are judged, one a split. */
  readonly rates: Float64Array
  readonly mean: number
  /** Of the mean, by the spread of the rates. */
  readonly standardError: number
  /** Share of splits whose rate is above the one promised. */
  readonly exceeded: number
}

/**
 * Tries a promise on in-distribution scores at hand: calibrates on a random part of them and counts false alarms in the rest, again and
 * again.
 *
 * @throws InvalidInputError when nothing is left to judge, or too little to calibrate by.
 *
 * @example measureCoverage(scores, { falseAlarmRate: 0.05, calibrationCount: 1000 }).mean // about 0.05
 */
export function measureCoverage(idScores: Float64Array, options: CoverageOptions): Coverage {
  const { calibrationCount, splits = 200, seed = 0, ...guarantee } = options
  if (calibrationCount >= idScores.length) {
    throw new InvalidInputError(`${idScores.length} scores cannot be split into ${calibrationCount} and others`)
  }
  const random = createRandom(`coverage ${seed}`)
  const rates = Float64Array.from({ length: splits }, () => {
    const shuffled = random.shuffle(idScores.slice())
    const calibration = calibrate(shuffled.subarray(0, calibrationCount), guarantee, 0)
    const { isOod } = decide(calibration, shuffled.subarray(calibrationCount), null)
    return isOod.filter(Boolean).length / isOod.length
  })
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / splits
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / Math.max(1, splits - 1)
  return {
    rates,
    mean,
    standardError: Math.sqrt(variance / splits),
    exceeded: rates.filter((rate) => rate > guarantee.falseAlarmRate).length / splits,
  }
}
