// A worker thread with single-threaded onnxruntime sessions that trains its share of every batch; see training-team.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { networkPlan } from '@mode-ood/backbones'
import { composeLoss } from '../compose-loss.ts'
import { graphLayout } from '../layouts.ts'
import { computeGuarded } from './compute-guard.ts'
import { evaluateImages } from './evaluate-images.ts'
import { abortExchange, ExchangeAbortedError, firstDifference, type SharedExchange } from './gradient-exchange.ts'
import { createSessionCache } from './session-cache.ts'
import { stepAlone, type StepContext, type StepInput, type StepOutcome, stepTogether } from './step-runner.ts'
import type { ThreadReply, ThreadRequest, ThreadSettings, ThreadTasks } from './thread-messages.ts'
import { createVariableMemory } from './variable-memory.ts'

/** Steps between two comparisons of the workers' weights. */
const stepsBetweenChecks = 100

const { plan, worker, guard }: ThreadSettings = workerData
const port = parentPort!
const loss = composeLoss(plan.loss, { channels: networkPlan(plan.spec).dimension, classes: plan.classes })
const sessions = createSessionCache((compute) => computeGuarded(guard, compute))

let context: StepContext | undefined
let exchange: SharedExchange | undefined
let steps = 0

const tasks: { [K in keyof ThreadTasks]: (input: ThreadTasks[K]['input']) => Promise<ThreadTasks[K]['answer']> } = {
  async load({ layout: choice, values, exchange: shared }) {
    await sessions.close()
    exchange = shared
    const layout = graphLayout(choice)
    const variables = layout.variables(plan.entries)
    const memory = createVariableMemory(variables, {
      velocities: plan.optimizer.momentum > 0,
      gradients: plan.workers > 1,
    })
    memory.write(values)
    context = { plan, loss, layout, variables, memory, sessions }
    return undefined
  },
  step: (input) => (exchange ? stepInTeam(context!, input, exchange) : stepAlone(context!, input)),
  evaluate: (images) => evaluateImages(context!, images),
  read: async () => context!.memory.read(),
}

async function stepInTeam(own: StepContext, input: StepInput, shared: SharedExchange): Promise<StepOutcome> {
  try {
    const outcome = await stepTogether(own, input, shared, worker)
    if (++steps % stepsBetweenChecks === 0) {
      const other = firstDifference(shared, worker, own.memory.hash())
      if (other !== -1) throw new Error(`after ${steps} steps the weights of workers 1 and ${other + 1} differ`)
    }
    return outcome
  } catch (error) {
    abortExchange(shared)
    throw error
  }
}

async function answer({ id, task, input }: Exclude<ThreadRequest, 'end'>): Promise<void> {
  let reply: ThreadReply
  try {
    reply = { id, answer: await (tasks[task] as (input: unknown) => Promise<never>)(input) }
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    reply = { id, failure, isConsequence: error instanceof ExchangeAbortedError }
  }
  port.postMessage(reply)
}

let last: Promise<void> = Promise.resolve()
port.on('message', (request: ThreadRequest) => {
  last = last.then(async () => {
    if (request !== 'end') return answer(request)
    await sessions.close()
    port.close()
  })
})
