import type { Matrix, Neighbors } from '@mode-ood/core'
import type { Engine } from './engine.ts'
import { NearestHeap } from './nearest-heap.ts'
import { squaredDistance } from './squared-distance.ts'
import type { VectorStore } from './vector-store.ts'

/** Longest stretch without giving the event loop a turn. */
const sliceMs = 50

/**
 * The engine that runs everywhere: compares every query with every vector, on the calling thread. It is the definition
 * of what the other engines must return. About 20 million comparisons a second at dimension 64.
 */
export function createPlainEngine(): Engine {
  return {
    name: 'plain',
    async search(store, { queries, k, keep }) {
      const collect = createCollector(queries.rows, k, keep)
      let sliceStart = performance.now()
      for (let row = 0; row < queries.rows; row++) {
        scan(store, queries, row, collect.heap)
        collect.take(row)
        if (performance.now() - sliceStart > sliceMs) {
          await new Promise((resolve) => setTimeout(resolve, 0))
          sliceStart = performance.now()
        }
      }
      return collect.neighbors
    },
    stats: () => ({}),
    async close() {},
  }
}

/** Offers every vector of the store to the heap. */
function scan(store: VectorStore, queries: Matrix, row: number, heap: NearestHeap): void {
  const { dimension } = store
  for (const block of store.blocks) {
    if (!('data' in block)) throw new TypeError('engine "plain" searches vectors in memory')
    const { data, start } = block
    const rows = Math.min(data.length / dimension, store.size - start)
    for (let i = 0; i < rows; i++) {
      const distance = squaredDistance(queries.data, row * dimension, data, i * dimension, dimension, heap.worst)
      if (distance <= heap.worst) heap.offer(distance, start + i)
    }
  }
}

/** A heap and the arrays it is emptied into, query by query. */
interface Collector {
  readonly heap: NearestHeap
  readonly neighbors: Neighbors
  /** Empties the heap into the result of query `row`. */
  take(row: number): void
}

/** `keep` as in `Engine.search`. */
function createCollector(rows: number, k: number, keep: 'all' | 'kth'): Collector {
  const heap = new NearestHeap(k)
  const width = keep === 'all' ? k : 1
  const neighbors = { distances: new Float64Array(rows * width), indices: new Int32Array(rows * width) }
  if (keep === 'all') {
    return { heap, neighbors, take: (row) => heap.drain(neighbors.distances, neighbors.indices, row * k) }
  }
  return {
    heap,
    neighbors,
    take(row) {
      const { distance, index } = heap.farthest
      neighbors.distances[row] = distance
      neighbors.indices[row] = index
      heap.clear()
    },
  }
}
