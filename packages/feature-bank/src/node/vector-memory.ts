import { blockRows } from './group-maxima.ts'
import { instantiateKernel, layOut } from './kernel.ts'

/** A thread's own vectors, where WebAssembly reads them, and exact distances to them. */
export interface VectorMemory {
  /** Copies vectors, row-major, at most `tileRows`. */
  store(vectors: Float32Array): StoredVectors
  setQueries(queries: Float32Array): void
  /**
   * Squared distances, float64, of a query to `count` ≤ 16 vectors from `first` on; those beyond `limit` may be infinite.
   * Valid until the next call.
   */
  squaredDistances(row: number, vectors: StoredVectors, first: number, count: number, limit: number): Float64Array
}

export interface StoredVectors {
  readonly data: Float32Array
  readonly chunk: Chunk
  readonly start: number
}

/** A memory of its own: a single one could not hold more than 4 GiB. */
interface Chunk {
  readonly queries: Float32Array
  readonly vectors: Float32Array
  readonly vectorsStart: number
  /** Numbers stored. */
  used: number
  distances(row: number, start: number, count: number, limit: number): Float64Array
}

/** Pages that are never written take no memory. */
const chunkBytes = 64 * 2 ** 20
const mostDistances = 16

export function createVectorMemory(dimension: number): VectorMemory {
  const chunks: Chunk[] = []
  return {
    store(vectors) {
      let chunk = chunks.at(-1)
      if (!chunk || chunk.used + vectors.length > chunk.vectors.length) {
        chunk = createChunk(dimension, Math.max(chunkBytes, 4 * vectors.length))
        chunks.push(chunk)
      }
      const start = chunk.used
      chunk.vectors.set(vectors, start)
      chunk.used += vectors.length
      return { data: chunk.vectors.subarray(start, chunk.used), chunk, start: chunk.vectorsStart + 4 * start }
    },
    setQueries(queries) {
      for (const chunk of chunks) chunk.queries.set(queries)
    },
    squaredDistances: (row, { chunk, start }, first, count, limit) =>
      chunk.distances(row, start + 4 * first * dimension, count, roughLimit(limit, dimension)),
  }
}

/**
 * What a float32 sum of squared differences may reach where the distance is `limit`. Every term is rounded three times and
 * added at most n times: relative error (n + 3) · 2⁻²⁴, here doubled, and what denormal squares lose. A limit that float32
 * sums might overflow below is none.
 */
function roughLimit(limit: number, dimension: number): number {
  return limit < 1e38 ? limit * (1 + (dimension + 4) * 2 ** -23) + dimension * 2 ** -148 : Number.POSITIVE_INFINITY
}

function createChunk(dimension: number, bytes: number): Chunk {
  const { starts, memory } = layOut({
    queries: blockRows * dimension * 4,
    distances: 8 * mostDistances,
    vectors: bytes,
  })
  const { squaredDistances } = instantiateKernel(memory)
  const distances = new Float64Array(memory.buffer, starts.distances, mostDistances)
  return {
    queries: new Float32Array(memory.buffer, starts.queries, blockRows * dimension),
    vectors: new Float32Array(memory.buffer, starts.vectors, bytes / 4),
    vectorsStart: starts.vectors,
    used: 0,
    distances(row, start, count, limit) {
      squaredDistances(starts.queries + row * dimension * 4, start, count, dimension, limit, starts.distances)
      return distances
    },
  }
}
