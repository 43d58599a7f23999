import type { Images } from '@mode-ood/core'
import { changes } from '../emit-training-graph.ts'
import { graphLayout, type LayoutChoice } from '../layouts.ts'
import { sizeOf } from '../state-variable.ts'
import type { TrainingBatch } from '../../trainer.ts'
import type { EvaluatedImages } from './evaluate-images.ts'
import { abortExchange, createSharedExchange, type SharedExchange } from './gradient-exchange.ts'
import { shareOut, takeImages, takeLabels } from './share-out.ts'
import { threadScript } from './start-thread.ts'
import type { StepPlan } from './step-plan.ts'
import { mostScalars, type StepOutcome } from './step-runner.ts'
import { startThreads, type ThreadGroup } from './thread-group.ts'
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
  const group = startThreads(plan, script, () => exchange && abortExchange(exchange))
  return {
    async load(layout, values) {
      await group.settled()
      exchange = plan.workers > 1 ? createSharedExchange(plan.workers, exchangedFloats(plan, layout)) : undefined
      await group.ask((thread) => thread.ask('load', { layout, values, exchange }))
    },
    async step(batch, learningRate) {
      try {
        return await stepTogether(group, plan, batch, learningRate)
      } catch (error) {
        // some may have taken the step and others not
        if (exchange) group.fail(error as Error)
        throw error
      }
    },
    evaluate: (images) => evaluateInParts(group, plan, images),
    async read() {
      const values = await group.ask(async (thread, worker) =>
        worker === 0 ? thread.ask('read', undefined) : undefined,
      )
      return values[0]!
    },
    async close() {
      await group.settled()
      await group.end()
    },
  }
}

/** A step in which each thread has its share of the batch; all say the same of it. */
async function stepTogether(
  group: ThreadGroup,
  { workers, views }: StepPlan,
  { images, labels }: TrainingBatch,
  learningRate: number,
): Promise<StepOutcome> {
  const ranges = shareOut(labels.length, workers)
  const shares = ranges.map(({ from, to }) => (to - from) / labels.length)
  const outcomes = await group.ask((thread, worker) => {
    const own = takeImages(images, ranges[worker]!, views)
    const input = { images: own, labels: takeLabels(labels, ranges[worker]!), learningRate, shares }
    return thread.ask('step', input, [own.data.buffer as ArrayBuffer])
  })
  return outcomes[0]!
}

async function evaluateInParts(group: ThreadGroup, { workers }: StepPlan, images: Images): Promise<EvaluatedImages[]> {
  const ranges = shareOut(images.count, workers)
  const parts = await group.ask(async (thread, worker) => {
    const own = takeImages(images, ranges[worker]!, 1)
    return own.count > 0 ? [await thread.ask('evaluate', own, [own.data.buffer as ArrayBuffer])] : []
  })
  return parts.flat()
}

/** Floats that the workers exchange at a step: all that changes but velocities, and the loss. */
function exchangedFloats({ entries }: StepPlan, layout: LayoutChoice): number {
  const changing = graphLayout(layout).variables(entries).filter(changes)
  return changing.reduce((sum, { shape }) => sum + sizeOf(shape), mostScalars)
}
