import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { ModeOodError, type Matrix, type Neighbors } from '@mode-ood/core'
import type { Engine } from '../engine.ts'
import { mergeNeighbors } from '../merge-neighbors.ts'
import type { VectorBlock, VectorStore } from '../vector-store.ts'
import type { SearchReply, SearchRequest } from './search-messages.ts'

/** Vectors handed to a worker at a time, so that all get about as many. */
const shareRows = 4096

/** The engine on onnxruntime: every thread holds a share of the vectors and searches it for all queries. */
export function createOnnxruntimeEngine(threads: number = Math.min(16, availableParallelism())): Engine {
  const workers = Array.from({ length: threads }, startWorker)
  const sent = new Map<VectorBlock, number>()
  let turn = 0

  const share = (store: VectorStore) => {
    for (const block of store.blocks) {
      for (let row = sent.get(block) ?? 0; row < block.rows;) {
        // A share never ends inside a tile unless the block does, so that shares stay whole as a bank grows.
        const rows = Math.min(shareRows, block.rows - row)
        const data = block.data.subarray(row * store.dimension, (row + rows) * store.dimension)
        workers[turn++ % threads]!.send({ type: 'add', data, start: block.start + row, dimension: store.dimension })
        row += rows
      }
      sent.set(block, block.rows)
    }
  }

  return {
    name: 'onnxruntime',
    async search(store, queries, k, keep) {
      share(store)
      const parts = await Promise.all(workers.map((worker) => worker.search(queries, k)))
      return mergeNeighbors(parts, queries.rows, k, keep)
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
    },
  }
}

interface SearchWorker {
  send(request: SearchRequest): void
  search(queries: Matrix, k: number): Promise<Neighbors>
  close(): Promise<void>
}

function startWorker(): SearchWorker {
  const script = import.meta.url.endsWith('.ts') ? './search-worker-from-source.mjs' : './search-worker.js'
  const worker = new Worker(new URL(script, import.meta.url))
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
  worker.on('message', (message: SearchReply) => {
    if (message.type === 'failed') fail(message.message)
    else settle((call) => call.resolve(message.neighbors))
  })
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)))
  worker.on('exit', (code) => fail(`it ended with code ${code}`))
  return {
    send: (request) => worker.postMessage(request),
    search: (queries, k) =>
      new Promise((resolve, reject) => {
        if (failure) {
          reject(failure)
          return
        }
        waiting = { resolve, reject }
        worker.ref()
        worker.postMessage({ type: 'search', queries: queries.data, k } satisfies SearchRequest)
      }),
    async close() {
      await worker.terminate()
    },
  }
}
