import { availableParallelism } from 'node:os'
import type { Engine } from '../engine.ts'
import { mergeNeighbors } from '../merge-neighbors.ts'
import type { VectorBlock, VectorStore } from '../vector-store.ts'
import { searchByQueries } from './search-by-queries.ts'
import { startSearchThread } from './search-thread.ts'
import { type Precision, whole } from './shard.ts'
import { createLimitMemory } from './shared-limits.ts'

/** Vectors handed to a thread at a time, so that all get about as many. */
const shareRows = 4096
/** Queries a thread needs to be worth a search of the whole bank. */
const worthQueries = 256

export interface OnnxruntimeEngineOptions {
  readonly threads?: number | undefined
  readonly precision?: Precision | undefined
  /** Numbers that the copies of a bank may count in all threads together: 256 MiB unless given. */
  readonly mostCopied?: number | undefined
}

/**
 * The engine on onnxruntime. Every thread holds a copy of a bank that is not too large: many queries are then divided among
 * the threads, which is faster, since the k nearest of one whole are fewer candidates than the k nearest of every part.
 * Of a larger bank every thread holds a part; so does it search one where queries are few.
 */
export function createOnnxruntimeEngine(options: OnnxruntimeEngineOptions = {}): Engine {
  const { threads: count = Math.min(16, availableParallelism()), precision = 'auto', mostCopied = 2 ** 26 } = options
  const threads = Array.from({ length: count }, () => startSearchThread(precision))
  const sent = new Map<VectorBlock, number>()
  let copied = count > 1
  let turn = 0
  const distribute = (store: VectorStore) => {
    if (copied && store.size * store.dimension * count > mostCopied) {
      for (const thread of threads) thread.send({ type: 'clear' })
      sent.clear()
      copied = false
    }
    for (const block of store.blocks) {
      for (let row = sent.get(block) ?? 0; row < block.rows;) {
        // A share never ends inside a tile unless the block does, so that shares stay whole as a bank grows.
        const rows = Math.min(shareRows, block.rows - row)
        const data = block.data.subarray(row * store.dimension, (row + rows) * store.dimension)
        for (const thread of copied ? threads : [threads[turn++ % count]!]) {
          thread.send({ type: 'add', data, start: block.start + row, dimension: store.dimension })
        }
        row += rows
      }
      sent.set(block, block.rows)
    }
  }
  return {
    name: 'onnxruntime',
    async search(store, search) {
      distribute(store)
      const { queries, k, keep, sharing } = search
      if (copied && queries.rows >= count * worthQueries) return searchByQueries(threads, search)
      const limits = createLimitMemory(Math.ceil(queries.rows / sharing))
      const request = { type: 'search', queries: queries.data, k, keep: 'all', limits, sharing } as const
      const parts = await Promise.all(
        threads.map((thread, index) => thread.search({ ...request, part: copied ? { index, of: count } : whole })),
      )
      return mergeNeighbors(parts, queries.rows, k, keep)
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}
