import type { Detector } from '@mode-ood/detector'

/** The thresholds of a detector and what they promise, in lines for a person. */
export function describeCalibration({ calibration, parts }: Detector): string {
  const { falseAlarmRate, confidence, byClass, groups } = calibration
  const promise =
    confidence === null
      ? `at most ${percent(falseAlarmRate)} of new in-distribution images are false alarms, on average over calibration sets`
      : `at most ${percent(falseAlarmRate)} of new in-distribution images are false alarms, with confidence ${percent(confidence)}`
  const lines = groups.map(({ threshold, rank, scores }, label) => {
    const name = byClass ? `predicted class ${label}: ` : ''
    return `${name}OOD when ${parts.score.name} is below ${threshold.toPrecision(6)} (place ${rank} of ${scores.length} calibration images)`
  })
  return [...lines, `Promise: ${promise}.`].join('\n')
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(4))} %`
