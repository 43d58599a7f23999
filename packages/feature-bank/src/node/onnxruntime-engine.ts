import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { ModeOodError, type Neighbors } from '@mode-ood/core'
import type { Engine } from '../engine.ts'
import { mergeNeighbors } from '../merge-neighbors.ts'
import type { VectorBlock, VectorStore } from '../vector-store.ts'
import { createControl, releaseControl } from './search-control.ts'
import type { SearchReply, SearchRequest } from './search-messages.ts'
import type { Precision } from './shard.ts'
import { createLimitMemory } from './shared-limits.ts'

/** Vectors handed to a worker at a time, so that all get about as many. */
const shareRows = 4096

export interface OnnxruntimeEngineOptions {
  readonly threads?: number | undefined
  readonly precision?: Precision | undefined
}

/** The engine on onnxruntime: every thread holds a share of the vectors and searches it for all queries. */
export function createOnnxruntimeEngine({ threads, precision = 'auto' }: OnnxruntimeEngineOptions = {}): Engine {
  const count = threads ?? Math.min(16, availableParallelism())
  const workers = Array.from({ length: count }, () => startWorker(precision))
  const sent = new Map<VectorBlock, number>()
  let turn = 0
  const share = (store: VectorStore) => {
    for (const block of store.blocks) {
      for (let row = sent.get(block) ?? 0; row < block.rows;) {
        // A share never ends inside a tile unless the block does, so that shares stay whole as a bank grows.
        const rows = Math.min(shareRows, block.rows - row)
        const data = block.data.subarray(row * store.dimension, (row + rows) * store.dimension)
        workers[turn++ % count]!.send({ type: 'add', data, start: block.start + row, dimension: store.dimension })
        row += rows
      }
      sent.set(block, block.rows)
    }
  }
  return {
    name: 'onnxruntime',
    async search(store, { queries, k, keep, sharing }) {
      share(store)
      const limits = createLimitMemory(Math.ceil(queries.rows / sharing))
      const request: SearchRequest = { type: 'search', queries: queries.data, k, limits, sharing }
      const parts = await Promise.all(workers.map((worker) => worker.search(request)))
      return mergeNeighbors(parts, queries.rows, k, keep)
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
    },
  }
}

interface SearchWorker {
  send(request: SearchRequest): void
  search(request: SearchRequest): Promise<Neighbors>
  close(): Promise<void>
}

function startWorker(precision: Precision): SearchWorker {
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
