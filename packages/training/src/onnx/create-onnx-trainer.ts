import { type Images, ModeOodError, type StateDict } from '@mode-ood/core'
import { checkBatch, checkImages } from '../check-batch.ts'
import { createQueue } from '../create-queue.ts'
import { startState } from '../start-state.ts'
import type { StepResult, Trainer, TrainerOptions, TrainingBatch } from '../trainer.ts'
import { TrainingDivergedError } from '../training-diverged-error.ts'
import { assembleEvaluation } from './assemble-evaluation.ts'
import { startTeam } from './engine/training-team.ts'
import { chooseLayout, graphLayout } from './layouts.ts'
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
  const { spec, entries, optimizer, workers } = plan
  const fit = (state: StateDict | undefined) =>
    startState(state, { spec, entries, seed: options.seed ?? 0, velocities: optimizer.momentum > 0 })
  const values = fit(options.state)
  let layout = await choose(options.layout ?? 'auto', spec)
  const team = startTeam(plan)
  const queue = createQueue()
  let steps = 0
  let closing: Promise<void> | undefined

  /** Hands a task over to the team after those before it, whose answers it does not wait for. */
  async function inTurn<T>(task: () => Promise<T>, images?: Images): Promise<T> {
    if (closing) throw new ModeOodError('the trainer is closed')
    const { answer } = await queue(async () => {
      if (images) await hold(images)
      return { answer: task() }
    })
    return answer
  }

  /** Changes the layout when it cannot hold the maps of such images. */
  async function hold({ height, width }: Images): Promise<void> {
    const reason = graphLayout(layout.choice).refusal(spec, height, width)
    if (reason === undefined) return
    layout = { choice: { name: 'plain' }, reason }
    await team.load(layout.choice, await team.read())
  }

  async function step(batch: TrainingBatch, learningRate: number): Promise<StepResult> {
    checkBatch(batch, plan)
    const number = ++steps
    const { loss, parts } = await inTurn(() => team.step(batch, learningRate), batch.images)
    if (Number.isFinite(loss)) return { loss, parts }
    throw new TrainingDivergedError({ loss, step: number, images: batch.images.count, learningRate })
  }

  try {
    await team.load(layout.choice, values)
  } catch (error) {
    await team.close()
    throw error
  }
  return {
    get description() {
      const why = layout.reason === undefined ? '' : ` because ${layout.reason}`
      return `onnx: ${layout.choice.name} layout${why}, ${workers} worker${workers === 1 ? '' : 's'}`
    },
    step,
    async evaluate(images) {
      checkImages(images)
      return assembleEvaluation(plan, images, await inTurn(() => team.evaluate(images), images))
    },
    state: async () => stateTensors(entries, await inTurn(() => team.read())),
    async restore(state) {
      const restored = fit(state)
      if (closing) throw new ModeOodError('the trainer is closed')
      await queue(() => team.load(layout.choice, restored))
    },
    close() {
      closing ??= queue(() => team.close())
      return closing
    },
  }
}
