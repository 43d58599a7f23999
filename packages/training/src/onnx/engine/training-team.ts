import type { Images } from '@mode-ood/core'
import { changes } from '../emit-training-graph.ts'
import { graphLayout, type LayoutChoice } from '../layouts.ts'
import { sizeOf } from '../state-variable.ts'
import type { TrainingBatch } from '../../trainer.ts'
import type { EvaluatedImages } from './evaluate-images.ts'
import { abortExchange, createSharedExchange, type SharedExchange } from './gradient-exchange.ts'
import { shareOut, takeImages, takeLabels } from './share-out.ts'
import { startThread, TaskFailedError, threadScript, type TrainingThread } from './start-thread.ts'
import type { StepPlan } from './step-plan.ts'
import { mostScalars, type StepOutcome } from './step-runner.ts'
import type { StateValues } from './variable-memory.ts'

/** The threads of a run. Whatever is asked of them is done in order. */
export interface TrainingTeam {
  /** Begins with these values when all that was asked before is done; nothing may be asked meanwhile. */
  load(layout: LayoutChoice, values: StateValues): Promise<void>
  step(batch: TrainingBatch, learningRate: number): Promise<StepOutcome>
  /** The images in as many pieces as there are threads that had any, in order. */
  evaluate(images: Images): Promise<EvaluatedImages[]>
  read(): Promise<StateValues>
  /** Ends the threads when all that was asked is done. */
  close(): Promise<void>
}

/**
 * Starts the threads; they have nothing until `load`. When one dies, or one of several cannot take a step, the run ends with
 * its error: whatever is asked from then on is rejected with it.
 */
export function startTeam(plan: StepPlan, script: URL = threadScript): TrainingTeam {
  let exchange: SharedExchange | undefined
  let failure: Error | undefined
  const outstanding = new Set<Promise<unknown>>()
  const fail = (error: Error) => {
    failure ??= error
    if (exchange) abortExchange(exchange)
  }
  const threads = Array.from({ length: plan.workers }, (_, worker) => startThread(plan, worker, script, fail))

  /** Waits for the answers of all, so that none is left behind in a step, and then throws what failed first. */
  async function ask<T>(question: (thread: TrainingThread, worker: number) => Promise<T>): Promise<T[]> {
    if (failure) throw failure
    const answers = Promise.allSettled(threads.map(question))
    outstanding.add(answers)
    const results = await answers
    outstanding.delete(answers)
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
    const cause = errors.find((error) => !(error instanceof TaskFailedError && error.isConsequence))
    if (errors.length > 0) throw failure ?? cause ?? errors[0]!
    return results.map((result) => (result as PromiseFulfilledResult<T>).value)
  }

  return {
    async load(layout, values) {
      await Promise.all(outstanding)
      exchange = plan.workers > 1 ? createSharedExchange(plan.workers, exchangedFloats(plan, layout)) : undefined
      await ask((thread) => thread.ask('load', { layout, values, exchange }))
    },
    async step({ images, labels }, learningRate) {
      const ranges = shareOut(labels.length, plan.workers)
      const shares = ranges.map(({ from, to }) => (to - from) / labels.length)
      try {
        const outcomes = await ask((thread, worker) => {
          const own = takeImages(images, ranges[worker]!, plan.views)
          const input = { images: own, labels: takeLabels(labels, ranges[worker]!), learningRate, shares }
          return thread.ask('step', input, [own.data.buffer as ArrayBuffer])
        })
        return outcomes[0]!
      } catch (error) {
        // some may have taken the step and others not
        if (exchange) fail(error as Error)
        throw error
      }
    },
    async evaluate(images) {
      const ranges = shareOut(images.count, plan.workers)
      const parts = await ask(async (thread, worker) => {
        const own = takeImages(images, ranges[worker]!, 1)
        return own.count > 0 ? [await thread.ask('evaluate', own, [own.data.buffer as ArrayBuffer])] : []
      })
      return parts.flat()
    },
    async read() {
      const values = await ask(async (thread, worker) => (worker === 0 ? thread.ask('read', undefined) : undefined))
      return values[0]!
    },
    async close() {
      await Promise.all(outstanding)
      await Promise.all(threads.map((thread) => thread.end()))
    },
  }
}

/** Floats that the workers exchange at a step: all that changes but velocities, and the loss. */
function exchangedFloats({ entries }: StepPlan, layout: LayoutChoice): number {
  const changing = graphLayout(layout).variables(entries).filter(changes)
  return changing.reduce((sum, { shape }) => sum + sizeOf(shape), mostScalars)
}
