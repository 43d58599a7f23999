// A worker thread with a share of a bank; see onnxruntime-engine.ts.
import { parentPort, workerData } from 'node:worker_threads'
import type { Neighbors } from '@mode-ood/core'
import type { NearestHeap } from '../nearest-heap.ts'
import { computeUnlessStopped, type SearchControl } from './search-control.ts'
import type { SearchReply, SearchRequest } from './search-messages.ts'
import { createShard, type Precision, type Shard } from './shard.ts'
import { openSharedLimits } from './shared-limits.ts'

const { precision, control }: { readonly precision: Precision; readonly control: SearchControl } = workerData
const port = parentPort!
let shard: Promise<Shard> | undefined
let dimension = 0
let last: Promise<void> = Promise.resolve()

port.on('message', (request: SearchRequest) => {
  last = last.then(async () => {
    try {
      await answer(request)
    } catch (error) {
      reply({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  })
})

async function answer(request: SearchRequest): Promise<void> {
  if (request.type === 'end') {
    port.close()
    return
  }
  if (request.type === 'clear') {
    shard = undefined
    return
  }
  if (request.type === 'add') {
    dimension = request.dimension
    shard ??= createShard(dimension, precision, (compute) => computeUnlessStopped(control, compute))
    ;(await shard).add(request.data, request.start)
    return
  }
  const neighbors = await search(request)
  reply({ type: 'found', neighbors }, [neighbors.distances.buffer, neighbors.indices.buffer] as ArrayBuffer[])
}

async function search(request: SearchRequest & { type: 'search' }): Promise<Neighbors> {
  const { queries, k, keep, limits, sharing, part } = request
  const searched = await shard
  const found = Math.min(k, searched?.size(part) ?? 0)
  const width = keep === 'all' ? found : Math.min(1, found)
  const rows = dimension === 0 ? 0 : queries.length / dimension
  const distances = new Float64Array(rows * width).fill(Number.POSITIVE_INFINITY)
  const indices = new Int32Array(rows * width).fill(-1)
  const takeAll = (row: number, heap: NearestHeap) => heap.drain(distances, indices, row * width)
  const takeKth = (row: number, heap: NearestHeap) => {
    if (heap.worst < Number.POSITIVE_INFINITY) {
      distances[row] = heap.worst
      indices[row] = heap.farthest.index
    }
    heap.clear()
  }
  if (searched && found > 0) {
    const take = keep === 'all' ? takeAll : takeKth
    await searched.search({ queries, k, limits: openSharedLimits(limits), sharing, part, take })
  }
  return { distances, indices }
}

function reply(message: SearchReply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}
