import type { Images } from '@mode-ood/core'
import { Tensor } from 'onnxruntime-node'
import type { ComposedLoss } from '../compose-loss.ts'
import { changes, emitTrainingGraph } from '../emit-training-graph.ts'
import { emitOptimizerGraph } from '../emit-optimizer-graph.ts'
import type { GraphLayout } from '../graph-layout.ts'
import type { StateVariable } from '../state-variable.ts'
import { gradientName, nextName } from '../step-names.ts'
import { averageInPlace, type SharedExchange } from './gradient-exchange.ts'
import type { GuardedSession, SessionCache } from './session-cache.ts'
import type { StepPlan } from './step-plan.ts'
import type { VariableMemory } from './variable-memory.ts'

/** This thread's part of a batch. */
export interface StepInput {
  readonly images: Images
  readonly labels: Int32Array
  readonly learningRate: number
  /** The part of the whole batch that each worker has, 0 for none; their sum is 1. */
  readonly shares: readonly number[]
}

export interface StepOutcome {
  /** Of the whole batch. When it is not finite nothing has changed. */
  readonly loss: number
  readonly parts: Readonly<Record<string, number>>
}

/** What the steps of a thread work with. */
export interface StepContext {
  readonly plan: StepPlan
  readonly loss: ComposedLoss
  readonly layout: GraphLayout
  readonly variables: readonly StateVariable[]
  readonly memory: VariableMemory
  readonly sessions: SessionCache
}

/** The step of a run with one worker: one graph does all. */
export async function stepAlone(context: StepContext, input: StepInput): Promise<StepOutcome> {
  const session = await stepSession(context, input.images, true)
  const outcome = outcomeOf(await run(context, session, feedsOf(input)))
  if (Number.isFinite(outcome.loss)) context.memory.commit(session.outputNames)
  return outcome
}

/** Loss and summands that an exchange can carry. */
export const mostScalars = 8

/** The outputs that the workers of a run exchange at every step, by name. */
function exchangedOutputs(variables: readonly StateVariable[]): string[] {
  return variables.filter(changes).map(({ name, role }) => (role === 'learnt' ? gradientName(name) : nextName(name)))
}

/** The step of one of several workers: gradients and statistics are averaged, then each optimises alike. */
export async function stepTogether(
  context: StepContext,
  input: StepInput,
  exchange: SharedExchange,
  worker: number,
): Promise<StepOutcome> {
  const { plan, layout, variables, memory, sessions } = context
  const exchanged = exchangedOutputs(variables)
  const scalars = new Float32Array(mostScalars)
  let names: readonly string[] = []
  if (input.shares[worker]! > 0) {
    const session = await stepSession(context, input.images, false)
    const own = outcomeOf(await run(context, session, feedsOf(input)))
    names = Object.keys(own.parts)
    scalars.set([own.loss, ...Object.values(own.parts)])
  }
  const pieces = exchanged.map((output) => memory.target(output)!.data as Float32Array)
  averageInPlace(exchange, worker, [...pieces, scalars], input.shares)
  const [loss, ...parts] = scalars
  if (Number.isFinite(loss)) {
    const optimizer = await sessions.get('optimizer', 0, () => emitOptimizerGraph(layout, variables, plan.optimizer))
    await run(context, optimizer, { learningRate: scalar(input.learningRate) })
    memory.commit([...exchanged, ...optimizer.outputNames])
  }
  return { loss: loss!, parts: Object.fromEntries(names.map((name, i) => [name, parts[i]!])) }
}

function stepSession(context: StepContext, images: Images, withOptimizer: boolean): Promise<GuardedSession> {
  const { plan, loss, layout, variables } = context
  const { count, height, width } = images
  const emit = () =>
    emitTrainingGraph({
      spec: plan.spec,
      classes: plan.hasClassifier ? plan.classes : undefined,
      layout,
      variables,
      loss: loss.emit,
      views: plan.views,
      frozenStages: plan.frozenStages,
      images: { count, height, width },
      optimizer: withOptimizer ? plan.optimizer : undefined,
    })
  return context.sessions.get(`step ${count} x ${height} x ${width}`, count, emit)
}

/** Runs a graph on the variables it reads; what it writes to them stays to be committed. */
export function run(
  { memory }: Pick<StepContext, 'memory'>,
  session: GuardedSession,
  given: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const feeds = session.inputNames.map((name) => [name, given[name] ?? memory.current(name)!] as const)
  const fetches = session.outputNames.map((name) => [name, memory.target(name) ?? null] as const)
  return session.run(Object.fromEntries(feeds), Object.fromEntries(fetches))
}

function feedsOf({ images, labels, learningRate }: StepInput): Record<string, Tensor> {
  const { count, height, width, data } = images
  return {
    images: new Tensor('float32', data, [count, height, width, 3]),
    labels: new Tensor('int32', labels, [labels.length]),
    learningRate: scalar(learningRate),
  }
}

function scalar(value: number): Tensor {
  return new Tensor('float32', Float32Array.of(value), [])
}

const partPrefix = 'part.'

function outcomeOf(outputs: Readonly<Record<string, Tensor>>): StepOutcome {
  const value = (name: string) => (outputs[name]!.data as Float32Array)[0]!
  const parts = Object.keys(outputs).filter((name) => name.startsWith(partPrefix))
  return {
    loss: value('loss'),
    parts: Object.fromEntries(parts.map((name) => [name.slice(partPrefix.length), value(name)])),
  }
}
