import type { BackboneSpec } from '@mode-ood/backbones'
import { type Images, ModeOodError } from '@mode-ood/core'
import { createQueue } from '../create-queue.ts'
import type { TrainingTeam } from './engine/training-team.ts'
import type { StateValues } from './engine/variable-memory.ts'
import { type ChosenLayout, graphLayout } from './layouts.ts'

/** A team whose layout suits what it is asked, asked in turn by whoever calls, until it is closed. */
export interface OrderedTeam {
  readonly layout: ChosenLayout
  /**
   * Hands a task over after those before it, whose answers it does not wait for.
   *
   * @param images that the layout must be able to hold.
   */
  ask<T>(task: (team: TrainingTeam) => Promise<T>, images?: Images): Promise<T>
  load(values: StateValues): Promise<void>
  close(): Promise<void>
}

/** @param layout that the team has been loaded with. */
export function orderTeam(team: TrainingTeam, spec: BackboneSpec, layout: ChosenLayout): OrderedTeam {
  const queue = createQueue()
  let current = layout
  let closing: Promise<void> | undefined
  const refuseWhenClosed = () => {
    if (closing) throw new ModeOodError('the trainer is closed')
  }
  /** Changes to plain operators when the layout cannot hold the maps of such images. */
  async function hold({ height, width }: Images): Promise<void> {
    const reason = graphLayout(current.choice).refusal(spec, height, width)
    if (reason === undefined) return
    current = { choice: { name: 'plain' }, reason }
    await team.load(current.choice, await team.read())
  }
  return {
    get layout() {
      return current
    },
    async ask(task, images) {
      refuseWhenClosed()
      // wrapped, for the queue would wait for a promise
      const { answer } = await queue(async () => {
        if (images) await hold(images)
        return { answer: task(team) }
      })
      return answer
    },
    async load(values) {
      refuseWhenClosed()
      await queue(() => team.load(current.choice, values))
    },
    close: () => (closing ??= queue(() => team.close())),
  }
}
