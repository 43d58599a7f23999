import { parentPort } from 'node:worker_threads'
import type { SearchReply, SearchRequest } from './search-messages.ts'
import { createShard, type Shard } from './shard.ts'

let shard: Promise<Shard> | undefined
let size = 0
let dimension = 0
let last: Promise<void> = Promise.resolve()

parentPort!.on('message', (request: SearchRequest) => {
  last = last.then(async () => {
    try {
      await answer(request)
    } catch (error) {
      reply({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  })
})

async function answer(request: SearchRequest): Promise<void> {
  if (request.type === 'add') {
    dimension = request.dimension
    shard ??= createShard(dimension)
    ;(await shard).add(request.data, request.start)
    size += request.data.length / dimension
    return
  }
  const k = Math.min(request.k, size)
  const rows = dimension === 0 ? 0 : request.queries.length / dimension
  const neighbors = { distances: new Float64Array(rows * k), indices: new Int32Array(rows * k) }
  const { distances, indices } = neighbors
  if (k > 0) await (await shard!).search(request.queries, k, (row, heap) => heap.drain(distances, indices, row * k))
  reply({ type: 'found', neighbors }, [distances.buffer, indices.buffer])
}

function reply(message: SearchReply, transfer: ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, transfer)
}
