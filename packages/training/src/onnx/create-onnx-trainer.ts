import type { StateDict } from '@mode-ood/core'
import { checkBatch, checkImages } from '../check-batch.ts'
import { startState } from '../start-state.ts'
import type { StepResult, Trainer, TrainerOptions, TrainingBatch } from '../trainer.ts'
import { TrainingDivergedError } from '../training-diverged-error.ts'
import { assembleEvaluation } from './assemble-evaluation.ts'
import type { StepPlan } from './engine/step-plan.ts'
import { startTeam } from './engine/training-team.ts'
import type { StateValues } from './engine/variable-memory.ts'
import { chooseLayout } from './layouts.ts'
import { orderTeam, type OrderedTeam } from './ordered-team.ts'
import { planSteps } from './plan-steps.ts'
import { stateTensors } from './state-tensors.ts'

/**
 * A trainer whose step is an ONNX graph, run by worker threads with single-threaded sessions of onnxruntime: the main thread
 * is free to prepare the next batch. Several workers divide every batch; gradients and statistics are averaged.
 *
 * Images that the blocked layout cannot hold (odd sizes where the network strides) make the trainer change to plain operators
 * for good, which its description then says.
 */
export async function createOnnxTrainer(
  options: TrainerOptions,
  choose: typeof chooseLayout = chooseLayout,
): Promise<Trainer> {
  const plan = planSteps(options)
  const { spec, entries, optimizer } = plan
  const fit = (state: StateDict | undefined) =>
    startState(state, { spec, entries, seed: options.seed ?? 0, velocities: optimizer.momentum > 0 })
  // before the state, so that the threads start meanwhile
  const team = startTeam(plan)
  try {
    const values = fit(options.state)
    const layout = await choose(options.layout ?? 'auto', spec)
    await team.load(layout.choice, values)
    return trainerOf(plan, orderTeam(team, spec, layout), fit)
  } catch (error) {
    await team.close()
    throw error
  }
}

/** @param fit the values that a state gives, and an error where it does not fit. */
function trainerOf(plan: StepPlan, team: OrderedTeam, fit: (state: StateDict) => StateValues): Trainer {
  let steps = 0
  async function step(batch: TrainingBatch, learningRate: number): Promise<StepResult> {
    checkBatch(batch, plan)
    const number = ++steps
    const { loss, parts } = await team.ask((asked) => asked.step(batch, learningRate), batch.images)
    if (Number.isFinite(loss)) return { loss, parts }
    throw new TrainingDivergedError({ loss, step: number, images: batch.images.count, learningRate })
  }
  return {
    get description() {
      return describe(plan, team)
    },
    step,
    async evaluate(images) {
      checkImages(images)
      return assembleEvaluation(plan, images, await team.ask((asked) => asked.evaluate(images), images))
    },
    state: async () => stateTensors(plan.entries, await team.ask((asked) => asked.read())),
    restore: async (state) => team.load(fit(state)),
    close: () => team.close(),
  }
}

function describe({ workers }: StepPlan, { layout: { choice, reason } }: OrderedTeam): string {
  const why = reason === undefined ? '' : ` because ${reason}`
  return `onnx: ${choice.name} layout${why}, ${workers} worker${workers === 1 ? '' : 's'}`
}
