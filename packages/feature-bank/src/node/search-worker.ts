// A worker thread with a share of a bank; see onnxruntime-engine.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { computeUnlessStopped, type SearchControl } from './search-control.ts'
import type { SearchReply, SearchRequest } from './search-messages.ts'
import { createShard, type Precision, type Shard } from './shard.ts'
import { openSharedLimits } from './shared-limits.ts'

const { precision, control }: { readonly precision: Precision; readonly control: SearchControl } = workerData
const port = parentPort!
let shard: Promise<Shard> | undefined
let size = 0
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
  if (request.type === 'add') {
    dimension = request.dimension
    shard ??= createShard(dimension, precision, (compute) => computeUnlessStopped(control, compute))
    ;(await shard).add(request.data, request.start)
    size += request.data.length / dimension
    return
  }
  const k = Math.min(request.k, size)
  const rows = dimension === 0 ? 0 : request.queries.length / dimension
  const distances = new Float64Array(rows * k).fill(Number.POSITIVE_INFINITY)
  const indices = new Int32Array(rows * k).fill(-1)
  if (k > 0) {
    await (
      await shard!
    ).search({
      queries: request.queries,
      k,
      limits: openSharedLimits(request.limits),
      sharing: request.sharing,
      take: (row, heap) => heap.drain(distances, indices, row * k),
    })
  }
  reply({ type: 'found', neighbors: { distances, indices } }, [distances.buffer, indices.buffer])
}

function reply(message: SearchReply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}
