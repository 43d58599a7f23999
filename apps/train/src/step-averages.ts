import type { DoneStep } from './step-ahead.ts'

/** Means over some steps. */
export interface StepAverages {
  readonly steps: number
  readonly loss: number
  readonly parts: Readonly<Record<string, number>>
  /** Of the last step. */
  readonly learningRate: number
}

/** Gathers steps until their means are taken. */
export interface StepGatherer {
  readonly steps: number
  add(step: DoneStep): void
  /** The means of what was added since the last time. */
  take(): StepAverages
}

export function gatherSteps(): StepGatherer {
  let steps: DoneStep[] = []
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length
  return {
    get steps() {
      return steps.length
    },
    add(step) {
      steps.push(step)
    },
    take() {
      const last = steps.at(-1)!
      const averages = {
        steps: steps.length,
        loss: mean(steps.map(({ loss }) => loss)),
        parts: Object.fromEntries(
          Object.keys(last.parts).map((name) => [name, mean(steps.map(({ parts }) => parts[name]!))]),
        ),
        learningRate: last.learningRate,
      }
      steps = []
      return averages
    },
  }
}
