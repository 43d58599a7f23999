import { kernelBytes } from './generated/kernel.ts'
import { blockRows, groupSize, groupsPerTile } from './group-maxima.ts'

/** Tiles whose maxima are held at once: 8 MiB for a whole block of queries. */
export const stripeTiles = 64

/** The inner loops in WebAssembly, over the maxima of a stripe of tiles and a block of queries in its own memory. */
export interface Kernel {
  /** Where the maxima of the stripe's tile `t` belong, [blockRows, groupsPerTile]; onnxruntime writes here without a copy. */
  maxima(t: number): Float32Array
  setQueries(queries: Float32Array): void
  /** The k-th largest maximum of a query in the first `tiles` tiles; minus infinity where there are fewer. */
  kthLargest(row: number, tiles: number, k: number): number
  /** Groups (tile · groupsPerTile + group) whose maximum reaches `needed`, in order; valid until the next call. */
  atLeast(row: number, tiles: number, needed: number): Int32Array
  /** The maximum of a group that `atLeast` gave. */
  maximum(row: number, group: number): number
  /** Squared distances, float64, of a query to at most `groupSize` vectors; valid until the next call. */
  squaredDistances(row: number, vectors: Float32Array): Float64Array
}

interface KernelExports {
  squaredDistances(query: number, vectors: number, count: number, dimension: number, out: number): void
  kthLargest(values: number, parts: number, stride: number, length: number, k: number, heap: number): number
  atLeast(values: number, parts: number, stride: number, length: number, needed: number, positions: number): number
}

const rowBytes = 4 * groupsPerTile
const tileBytes = blockRows * rowBytes
const stripeGroups = stripeTiles * groupsPerTile
const pageBytes = 2 ** 16

const compiled = new WebAssembly.Module(Uint8Array.from(atob(kernelBytes), (character) => character.charCodeAt(0)))

export function createKernel(dimension: number): Kernel {
  let end = 0
  /** Regions start at multiples of 64 bytes, a line of the cache. */
  const region = (bytes: number) => {
    const start = end
    end = Math.ceil((start + bytes) / 64) * 64
    return start
  }
  const maximaAt = region(stripeTiles * tileBytes)
  const queriesAt = region(blockRows * dimension * 4)
  const vectorsAt = region(groupSize * dimension * 4)
  const distancesAt = region(groupSize * 8)
  const heapAt = region(stripeGroups * 4)
  const positionsAt = region(stripeGroups * 4)
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) })
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } })
  const { squaredDistances, kthLargest, atLeast } = exports as unknown as KernelExports

  const maxima = new Float32Array(memory.buffer, maximaAt, (stripeTiles * tileBytes) / 4)
  const queries = new Float32Array(memory.buffer, queriesAt, blockRows * dimension)
  const vectors = new Float32Array(memory.buffer, vectorsAt, groupSize * dimension)
  const distances = new Float64Array(memory.buffer, distancesAt, groupSize)
  const positions = new Int32Array(memory.buffer, positionsAt, stripeGroups)
  return {
    maxima: (t) => maxima.subarray((t * tileBytes) / 4, ((t + 1) * tileBytes) / 4),
    setQueries: (block) => queries.set(block),
    kthLargest: (row, tiles, k) =>
      k > tiles * groupsPerTile
        ? Number.NEGATIVE_INFINITY
        : kthLargest(maximaAt + row * rowBytes, tiles, tileBytes, groupsPerTile, k, heapAt),
    atLeast(row, tiles, needed) {
      const count = atLeast(maximaAt + row * rowBytes, tiles, tileBytes, groupsPerTile, needed, positionsAt)
      return positions.subarray(0, count)
    },
    maximum(row, group) {
      const tile = Math.floor(group / groupsPerTile)
      return maxima[(tile * blockRows + row) * groupsPerTile + (group % groupsPerTile)]!
    },
    squaredDistances(row, group) {
      vectors.set(group)
      const count = group.length / dimension
      squaredDistances(queriesAt + row * dimension * 4, vectorsAt, count, dimension, distancesAt)
      return distances
    },
  }
}
