import { cosine } from './cosine.ts'
import type { ScheduleConfig } from './schedule-config.ts'
import { stepsDown } from './steps-down.ts'

/** Where a step stands in a run. */
export interface RunLength {
  readonly epochs: number
  readonly stepsPerEpoch: number
}

/**
 * The learning rate of a step, counted from 0 over all epochs, as a part of the highest. A cosine by epochs is the papers': the first
 * epoch is a little below the highest rate, the last one has the final rate. A warm-up goes straight to where the schedule is at its end.
 */
export function learningRate(step: number, schedule: ScheduleConfig, run: RunLength): number {
  const warmSteps = Math.round((schedule.warmUp?.epochs ?? 0) * run.stepsPerEpoch)
  if (step >= warmSteps) return scheduled(step, schedule, run)
  const from = schedule.warmUp!.from
  return from + ((scheduled(warmSteps, schedule, run) - from) * step) / warmSteps
}

function scheduled(step: number, schedule: ScheduleConfig, { epochs, stepsPerEpoch }: RunLength): number {
  const epoch = Math.floor(step / stepsPerEpoch)
  if (schedule.name === 'constant') return 1
  if (schedule.name === 'step') return stepsDown(epoch, schedule.at, schedule.factor)
  const progress = schedule.per === 'epoch' ? (epoch + 1) / epochs : step / (epochs * stepsPerEpoch)
  return cosine(Math.min(1, progress), schedule.final)
}
