import { blockRows, groupsPerTile } from './group-maxima.ts'
import { instantiateKernel, layOut } from './kernel.ts'

/** Tiles whose maxima are held at once: 8 MiB for a whole block of queries. */
export const stripeTiles = 64

/** Memory for the maxima of a stripe of tiles and a block of queries, and what WebAssembly finds in it. */
export interface MaximaKernel {
  /** Where the maxima of the stripe's tile `t` belong, [blockRows, groupsPerTile]; onnxruntime writes here without a copy. */
  maxima(t: number): Float32Array
  /** The k-th largest maximum of a query in the first `tiles` tiles; minus infinity where there are fewer. */
  kthLargest(row: number, tiles: number, k: number): number
  /** Groups (tile · groupsPerTile + group) whose maximum reaches `needed`, in order; valid until the next call. */
  atLeast(row: number, tiles: number, needed: number): Int32Array
  /** The maximum of a group that `atLeast` gave. */
  maximum(row: number, group: number): number
}

const rowBytes = 4 * groupsPerTile
const tileBytes = blockRows * rowBytes
const stripeGroups = stripeTiles * groupsPerTile

export function createMaximaKernel(): MaximaKernel {
  const { starts, memory } = layOut({
    maxima: stripeTiles * tileBytes,
    heap: stripeGroups * 4,
    positions: stripeGroups * 4,
  })
  const { kthLargest, atLeast } = instantiateKernel(memory)
  const maxima = new Float32Array(memory.buffer, starts.maxima, (stripeTiles * tileBytes) / 4)
  const positions = new Int32Array(memory.buffer, starts.positions, stripeGroups)
  return {
    maxima: (t) => maxima.subarray((t * tileBytes) / 4, ((t + 1) * tileBytes) / 4),
    kthLargest: (row, tiles, k) =>
      k > tiles * groupsPerTile
        ? Number.NEGATIVE_INFINITY
        : kthLargest(starts.maxima + row * rowBytes, tiles, tileBytes, groupsPerTile, k, starts.heap),
    atLeast(row, tiles, needed) {
      const begin = starts.maxima + row * rowBytes
      return positions.subarray(0, atLeast(begin, tiles, tileBytes, groupsPerTile, needed, starts.positions))
    },
    maximum(row, group) {
      const tile = Math.floor(group / groupsPerTile)
      return maxima[(tile * blockRows + row) * groupsPerTile + (group % groupsPerTile)]!
    },
  }
}
