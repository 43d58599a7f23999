import type { Images } from '@mode-ood/core'
import { changes } from '../emit-training-graph.ts'
import { graphLayout, type LayoutChoice } from '../layouts.ts'
import { sizeOf } from '../state-variable.ts'
import type { TrainingBatch } from '../../trainer.ts'
import type { EvaluatedImages } from './evaluate-images.ts'
import { abortExchange, createSharedExchange, type SharedExchange } from './gradient-exchange.ts'
import { shareOut, takeImages, takeLabels } from './share-out.ts'
import { startThread, TaskFailedError } from './start-thread.ts'
import type { StepPlan } from './step-plan.ts'
import { mostScalars, type StepOutcome } from './step-runner.ts'
import type { StateValues } from './variable-memory.ts'

/** The threads of a run. Whatever is asked of them is done in order. */
export interface TrainingTeam {
  load(layout: LayoutChoice, values: StateValues): Promise<void>
  step(batch: TrainingBatch, learningRate: number): Promise<StepOutcome>
  /** The images in as many pieces as there are threads that had any, in order. */
  evaluate(images: Images): Promise<EvaluatedImages[]>
  read(): Promise<StateValues>
  close(): Promise<void>
}

/** Starts the threads; they have nothing until `load`. The failure of one ends the run with its error. */
export function startTeam(plan: StepPlan): TrainingTeam {
  let exchange: SharedExchange | undefined
  let failure: Error | undefined
  const fail = (error: Error) => {
    failure ??= error
    if (exchange) abortExchange(exchange)
  }
  const threads = Array.from({ length: plan.workers }, (_, worker) => startThread(plan, worker, fail))
  /** Waits for all, so that none is left behind in a step, and then throws what failed first. */
  async function all<T>(answers: readonly Promise<T>[]): Promise<T[]> {
    const results = await Promise.allSettled(answers)
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
    const cause = errors.find((error) => !(error instanceof TaskFailedError && error.isConsequence))
    if (errors.length > 0) throw failure ?? cause ?? errors[0]!
    return results.map((result) => (result as PromiseFulfilledResult<T>).value)
  }
  return {
    async load(layout, values) {
      if (failure) throw failure
      exchange = plan.workers > 1 ? createSharedExchange(plan.workers, exchangedFloats(plan, layout)) : undefined
      await all(threads.map((thread) => thread.ask('load', { layout, values, exchange })))
    },
    async step({ images, labels }, learningRate) {
      if (failure) throw failure
      const ranges = shareOut(labels.length, plan.workers)
      const shares = ranges.map(({ from, to }) => (to - from) / labels.length)
      const answers = threads.map((thread, worker) => {
        const range = ranges[worker]!
        const own = takeImages(images, range, plan.views)
        const input = { images: own, labels: takeLabels(labels, range), learningRate, shares }
        return thread.ask('step', input, [own.data.buffer as ArrayBuffer])
      })
      try {
        return (await all(answers))[0]!
      } catch (error) {
        // some may have taken the step and others not
        if (exchange) fail(error as Error)
        throw error
      }
    },
    async evaluate(images) {
      if (failure) throw failure
      const ranges = shareOut(images.count, plan.workers).filter(({ from, to }) => from < to)
      const answers = ranges.map((range, worker) => {
        const own = takeImages(images, range, 1)
        return threads[worker]!.ask('evaluate', own, [own.data.buffer as ArrayBuffer])
      })
      return all(answers)
    },
    async read() {
      if (failure) throw failure
      return (await all([threads[0]!.ask('read', undefined)]))[0]!
    },
    async close() {
      if (exchange) abortExchange(exchange)
      await Promise.all(threads.map((thread) => thread.end()))
    },
  }
}

/** Floats that the workers exchange at a step: all that changes but velocities, and the loss. */
function exchangedFloats({ entries }: StepPlan, layout: LayoutChoice): number {
  const changing = graphLayout(layout).variables(entries).filter(changes)
  return changing.reduce((sum, { shape }) => sum + sizeOf(shape), mostScalars)
}
