import { Worker } from 'node:worker_threads'
import { ModeOodError } from '@mode-ood/core'
import { createControl, releaseControl, stop } from './session-control.ts'
import type { SessionReply, SessionRequest, SessionSettings, SessionTensor } from './session-messages.ts'

/** A batch still to be made: data are copied out of the caller's images only when a worker is about to take them. */
export interface SessionJob {
  readonly makeData: () => Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>
  /** The normalised value of every byte and channel, where the data are bytes. */
  readonly table?: Float32Array<ArrayBuffer> | undefined
  readonly shape: readonly number[]
  readonly outputs: readonly string[]
}

/** Worker threads that run one model, each with its own session. */
export interface SessionPool {
  /** Runs a batch on the next free worker; float32 outputs by name. */
  run(job: SessionJob): Promise<Record<string, SessionTensor>>
  /** Waits for runs under way, then ends the threads. */
  close(): Promise<void>
}

export interface SessionPoolOptions {
  readonly model: Uint8Array
  /** Name of the model's input. */
  readonly input: string
  readonly threads: number
  /** What errors call the model. */
  readonly name: string
}

interface Pending extends SessionJob {
  readonly resolve: (outputs: Record<string, SessionTensor>) => void
  readonly reject: (error: Error) => void
}

/** A worker holds the batch it computes and the next one, so that it never waits for the main thread. */
const batchesPerWorker = 2

/**
 * Starts the workers and waits until every session is open.
 *
 * Idle workers do not keep the process alive; runs under way do.
 *
 * @throws ModeOodError when onnxruntime does not take the model or a worker cannot start.
 */
export async function openSessionPool(options: SessionPoolOptions): Promise<SessionPool> {
  const { name, input, threads } = options
  const model = new Uint8Array(new SharedArrayBuffer(options.model.length))
  model.set(options.model)
  const queue: Pending[] = []
  let failure: Error | undefined
  let closing: Promise<void> | undefined
  let running = 0
  let drained: (() => void) | undefined

  const fail = (error: Error) => {
    failure ??= error
    for (const job of queue.splice(0)) job.reject(failure)
    for (const worker of workers) worker.abandon(failure)
  }
  const settled = () => {
    running--
    dispatch()
    if (running === 0) drained?.()
  }
  const dispatch = () => {
    while (queue.length > 0) {
      const worker = workers.toSorted((a, b) => a.load() - b.load())[0]!
      if (worker.load() >= batchesPerWorker) return
      worker.send(queue.shift()!)
    }
  }
  const workers = Array.from({ length: threads }, () => startWorker({ model, input }, name, fail))
  try {
    await Promise.all(workers.map(({ ready }) => ready))
  } catch (error) {
    await Promise.all(workers.map((worker) => worker.end()))
    throw error
  }
  return {
    run(job) {
      if (failure) return Promise.reject(failure)
      if (closing) return Promise.reject(new ModeOodError(`${name}: the model has been closed`))
      running++
      return new Promise<Record<string, SessionTensor>>((resolve, reject) => {
        queue.push({ ...job, resolve, reject })
        dispatch()
      }).finally(settled)
    },
    close() {
      closing ??= (async () => {
        if (running > 0) await new Promise<void>((resolve) => (drained = resolve))
        await Promise.all(workers.map((worker) => worker.end()))
      })()
      return closing
    },
  }
}

interface PoolWorker {
  /** Resolves when the session is open. */
  readonly ready: Promise<void>
  /** Batches it has not answered yet. */
  load(): number
  send(job: Pending): void
  /** Rejects what it has not answered yet. */
  abandon(error: Error): void
  end(): Promise<void>
}

function startWorker(settings: SessionSettings, name: string, onDeath: (error: Error) => void): PoolWorker {
  const script = import.meta.url.endsWith('.ts') ? './session-worker-from-source.mjs' : './session-worker.js'
  // A worker inherits the options of the process, but refuses to start from a file under --input-type.
  const execArgv = process.execArgv.filter((option) => !option.startsWith('--input-type'))
  const control = createControl()
  const worker = new Worker(new URL(script, import.meta.url), { workerData: { ...settings, control }, execArgv })
  const pending = new Map<number, Pending>()
  let nextId = 0
  let ended = false
  /** What was sent under `id`; nothing when it has been rejected meanwhile. */
  const take = (id: number) => {
    const job = pending.get(id)
    pending.delete(id)
    if (pending.size === 0 && !ended) worker.unref()
    return job
  }
  const ready = new Promise<void>((resolve, reject) => {
    const die = (reason: string, cause?: unknown) => {
      if (ended) return
      ended = true
      const error = new ModeOodError(`${name}: ${reason}`, { cause })
      reject(error)
      onDeath(error)
    }
    worker.on('error', (error: Error) => die(`a worker thread failed: ${error.message}`, error))
    worker.on('exit', (code) => {
      releaseControl(control)
      die(`a worker thread ended unexpectedly with code ${code}`)
    })
    worker.on('message', (reply: SessionReply) => {
      if (reply.kind === 'ready') {
        worker.unref()
        resolve()
      } else if (reply.kind === 'refused')
        reject(new ModeOodError(`${name}: onnxruntime cannot open the model: ${reply.message}`))
      else if (reply.kind === 'done') take(reply.id)?.resolve(reply.outputs)
      else take(reply.id)?.reject(new ModeOodError(`${name}: the model could not run: ${reply.message}`))
    })
  })
  return {
    ready,
    load: () => pending.size,
    send(job) {
      let data: SessionRequest['data']
      try {
        data = job.makeData()
      } catch (error) {
        job.reject(
          new ModeOodError(`${name}: a batch could not be made: ${(error as Error).message}`, { cause: error }),
        )
        return
      }
      const request: SessionRequest = { id: nextId++, data, table: job.table, shape: job.shape, outputs: job.outputs }
      if (pending.size === 0) worker.ref()
      pending.set(request.id, job)
      worker.postMessage(request, [request.data.buffer])
    },
    abandon(error) {
      for (const id of pending.keys()) take(id)?.reject(error)
    },
    async end() {
      ended = true
      if (worker.threadId < 0) return
      // Terminating a thread inside onnxruntime aborts the process: it drops what it has not begun and ends by itself.
      worker.ref()
      stop(control)
      const exited = new Promise((resolve) => worker.once('exit', resolve))
      worker.postMessage('end')
      await exited
    },
  }
}
