import type { Images } from '@mode-ood/core'
import type { LayoutChoice } from '../layouts.ts'
import type { ComputeGuard } from './compute-guard.ts'
import type { EvaluatedImages } from './evaluate-images.ts'
import type { SharedExchange } from './gradient-exchange.ts'
import type { StepPlan } from './step-plan.ts'
import type { StepInput, StepOutcome } from './step-runner.ts'
import type { StateValues } from './variable-memory.ts'

/** What a training thread is started with. */
export interface ThreadSettings {
  readonly plan: StepPlan
  /** Which of the workers it is. */
  readonly worker: number
  readonly guard: ComputeGuard
}

/** What a thread can be asked, and what it answers. */
export interface ThreadTasks {
  /** Forgets all and begins with these tensors in this layout. */
  load: {
    readonly input: {
      readonly layout: LayoutChoice
      readonly values: StateValues
      /** Absent in a run of one worker. */
      readonly exchange?: SharedExchange | undefined
    }
    readonly answer: undefined
  }
  step: { readonly input: StepInput; readonly answer: StepOutcome }
  evaluate: { readonly input: Images; readonly answer: EvaluatedImages }
  /** Gives all tensors as in the state dict. */
  read: { readonly input: undefined; readonly answer: StateValues }
}

export type ThreadTask = keyof ThreadTasks

export type ThreadRequest =
  | {
      [K in ThreadTask]: { readonly id: number; readonly task: K; readonly input: ThreadTasks[K]['input'] }
    }[ThreadTask]
  | 'end'

export type ThreadReply =
  | { readonly id: number; readonly answer: ThreadTasks[ThreadTask]['answer'] }
  /** `isConsequence`: only because another thread has failed. */
  | { readonly id: number; readonly failure: string; readonly isConsequence: boolean }
