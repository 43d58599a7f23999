import { startThread, TaskFailedError, type TrainingThread } from './start-thread.ts'
import type { StepPlan } from './step-plan.ts'

/** The threads of a run, asked together. */
export interface ThreadGroup {
  /**
   * Waits for the answers of all, so that none is left behind in a step.
   *
   * @throws what failed first, in this question or, when the run has failed, before it.
   */
  ask<T>(question: (thread: TrainingThread, worker: number) => Promise<T>): Promise<T[]>
  /** Whatever is asked from now on is rejected with this error. */
  fail(error: Error): void
  /** Waits until all that was asked is answered. */
  settled(): Promise<void>
  end(): Promise<void>
}

/**
 * Starts a thread a worker. The death of one fails the group.
 *
 * @param script what the threads run.
 * @param onFailure called when the group fails.
 */
export function startThreads(plan: StepPlan, script: URL, onFailure: () => void): ThreadGroup {
  let failure: Error | undefined
  const outstanding = new Set<Promise<unknown>>()
  const fail = (error: Error) => {
    failure ??= error
    onFailure()
  }
  const threads = Array.from({ length: plan.workers }, (_, worker) => startThread(plan, worker, script, fail))
  return {
    fail,
    async ask(question) {
      if (failure) throw failure
      const answers = Promise.allSettled(threads.map(question))
      outstanding.add(answers)
      const results = await answers
      outstanding.delete(answers)
      const error = firstCause(results)
      if (error) throw failure ?? error
      return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    },
    async settled() {
      await Promise.all(outstanding)
    },
    async end() {
      await Promise.all(threads.map((thread) => thread.end()))
    },
  }
}

/** The error that is not the consequence of another, if there is one. */
function firstCause(results: readonly PromiseSettledResult<unknown>[]): Error | undefined {
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
  return errors.find((error) => !(error instanceof TaskFailedError && error.isConsequence)) ?? errors[0]
}
