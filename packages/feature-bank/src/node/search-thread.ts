import { Worker } from 'node:worker_threads'
import { ModeOodError, type Neighbors } from '@mode-ood/core'
import { createControl, releaseControl } from './search-control.ts'
import type { SearchReply, SearchRequest } from './search-messages.ts'
import type { Precision } from './shard.ts'

/** A thread that holds vectors and searches them, one call at a time. */
export interface SearchThread {
  send(request: SearchRequest): void
  search(request: SearchRequest): Promise<Neighbors>
  close(): Promise<void>
}

export function startSearchThread(precision: Precision): SearchThread {
  const script = import.meta.url.endsWith('.ts') ? './search-worker-from-source.mjs' : './search-worker.js'
  const control = createControl()
  const worker = new Worker(new URL(script, import.meta.url), { workerData: { precision, control } })
  // A bank nobody closed must not keep the process alive; a search under way does.
  worker.unref()
  let waiting: { resolve(neighbors: Neighbors): void; reject(error: Error): void } | null = null
  let failure: Error | null = null
  const settle = (act: (call: NonNullable<typeof waiting>) => void) => {
    const call = waiting
    waiting = null
    worker.unref()
    if (call) act(call)
  }
  const fail = (message: string) => {
    failure = new ModeOodError(`a search thread of the feature bank failed: ${message}`)
    settle((call) => call.reject(failure!))
  }
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', (code) => {
      releaseControl(control)
      fail(`it ended with code ${code}`)
      resolve()
    })
  })
  worker.on('message', (message: SearchReply) => {
    if (message.type === 'failed') fail(message.message)
    else settle((call) => call.resolve(message.neighbors))
  })
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)))
  return {
    send: (request) => worker.postMessage(request),
    search: (request) =>
      new Promise((resolve, reject) => {
        if (failure) {
          reject(failure)
          return
        }
        waiting = { resolve, reject }
        worker.ref()
        worker.postMessage(request)
      }),
    async close() {
      if (worker.threadId < 0) return
      // Terminating a thread inside onnxruntime aborts the process: it ends by itself, after what it was asked before.
      worker.ref()
      worker.postMessage({ type: 'end' } satisfies SearchRequest)
      await exited
    },
  }
}
