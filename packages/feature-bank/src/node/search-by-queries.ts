import type { Neighbors } from '@mode-ood/core'
import type { Search } from '../engine.ts'
import { blockRows } from './group-maxima.ts'
import type { SearchThread } from './search-thread.ts'
import { whole } from './shard.ts'
import { createLimitMemory } from './shared-limits.ts'

/** Blocks of queries that a thread is given at a time: a few, so that all threads end at about the same time. */
const blocksAtOnce = 4

/** Searches threads that hold the same vectors: whichever is free takes the next queries. */
export async function searchByQueries(threads: readonly SearchThread[], search: Search): Promise<Neighbors> {
  const { queries, k, keep, sharing } = search
  const { rows, columns } = queries
  const width = keep === 'all' ? k : 1
  const distances = new Float64Array(rows * width)
  const indices = new Int32Array(rows * width)
  const step = rowsAtOnce(rows, threads.length, sharing)
  let next = 0
  const serve = async (thread: SearchThread) => {
    while (next < rows) {
      const from = next
      const to = Math.min(rows, from + step)
      next = to
      const found = await thread.search({
        type: 'search',
        queries: queries.data.slice(from * columns, to * columns),
        k,
        keep,
        limits: createLimitMemory(Math.ceil((to - from) / sharing)),
        sharing,
        part: whole,
      })
      distances.set(found.distances, from * width)
      indices.set(found.indices, from * width)
    }
  }
  await Promise.all(threads.map(serve))
  return { distances, indices }
}

/** As many for every thread, and no two queries that share a limit apart. */
function rowsAtOnce(rows: number, threads: number, sharing: number): number {
  const turns = Math.ceil(rows / (threads * blocksAtOnce * blockRows))
  return Math.ceil(rows / (threads * turns) / sharing) * sharing
}
