import { Worker } from 'node:worker_threads'
import { ModeOodError } from '@mode-ood/core'
import { createGuard, releaseGuard, stop } from './compute-guard.ts'
import type { StepPlan } from './step-plan.ts'
import type { ThreadReply, ThreadSettings, ThreadTask, ThreadTasks } from './thread-messages.ts'

/** A training thread as the main thread sees it. Tasks are done in their order. */
export interface TrainingThread {
  /** @param transfer buffers of `input` that the thread may keep. */
  ask<K extends ThreadTask>(
    task: K,
    input: ThreadTasks[K]['input'],
    transfer?: ArrayBuffer[],
  ): Promise<ThreadTasks[K]['answer']>
  /** Waits for what it computes and ends it; what it has not answered is rejected. */
  end(): Promise<void>
}

/** A task that a thread could not do. */
export class TaskFailedError extends ModeOodError {
  override name = 'TaskFailedError'
  /** Whether it failed only because another thread had. */
  readonly isConsequence: boolean

  constructor(message: string, isConsequence: boolean) {
    super(message)
    this.isConsequence = isConsequence
  }
}

/** The program of a training thread. */
export const threadScript: URL = new URL(
  import.meta.url.endsWith('.ts') ? './training-thread-from-source.mjs' : './training-thread.js',
  import.meta.url,
)

interface Pending {
  readonly resolve: (answer: never) => void
  readonly reject: (error: Error) => void
}

/**
 * Starts a thread. While it has nothing to do it does not keep the process alive.
 *
 * @param script what it runs: `threadScript` or something that ends in it.
 * @param onDeath called once when the thread ends by itself; all it has not answered has been rejected then.
 */
export function startThread(
  plan: StepPlan,
  worker: number,
  script: URL,
  onDeath: (error: Error) => void,
): TrainingThread {
  // A thread inherits the options of the process, but refuses to start from a file under --input-type.
  const execArgv = process.execArgv.filter((option) => !option.startsWith('--input-type'))
  const guard = createGuard()
  const settings: ThreadSettings = { plan, worker, guard }
  const thread = new Worker(script, { workerData: settings, execArgv })
  thread.unref()
  const pending = new Map<number, Pending>()
  let nextId = 0
  let ended: Error | undefined

  const finish = (error: Error) => {
    ended ??= error
    for (const { reject } of pending.values()) reject(ended)
    pending.clear()
  }
  const die = (reason: string, cause?: unknown) => {
    if (ended) return
    finish(new ModeOodError(`worker ${worker + 1} of the trainer ${reason}`, { cause }))
    onDeath(ended!)
  }
  thread.on('error', (error: Error) => die(`failed: ${error.message}`, error))
  thread.on('exit', (code) => {
    releaseGuard(guard)
    die(`ended unexpectedly with code ${code}`)
  })
  thread.on('message', (reply: ThreadReply) => {
    const task = pending.get(reply.id)
    pending.delete(reply.id)
    if (pending.size === 0) thread.unref()
    if ('answer' in reply) task?.resolve(reply.answer as never)
    else task?.reject(new TaskFailedError(`worker ${worker + 1} of the trainer: ${reply.failure}`, reply.isConsequence))
  })
  return {
    ask(task, input, transfer = []) {
      if (ended) return Promise.reject(ended)
      return new Promise((resolve, reject) => {
        const id = nextId++
        if (pending.size === 0) thread.ref()
        pending.set(id, { resolve, reject })
        thread.postMessage({ id, task, input }, transfer)
      })
    },
    async end() {
      finish(new ModeOodError('the trainer is closed'))
      if (thread.threadId < 0) return
      // Terminating a thread inside onnxruntime aborts the process: it drops what it has not begun and ends by itself.
      thread.ref()
      stop(guard)
      const exited = new Promise((resolve) => thread.once('exit', resolve))
      thread.postMessage('end')
      await exited
    },
  }
}
