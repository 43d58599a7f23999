import { createGraph } from '@mode-ood/onnx-graph'
import * as ort from 'onnxruntime-node'
import { NearestHeap } from '../nearest-heap.ts'
import { squaredDistance } from '../squared-distance.ts'

/** Vectors a group: one number a group leaves onnxruntime. */
const groupSize = 16
/** Vectors a tile: with the queries of one product it stays in the cache of a core. */
const tileRows = 4096
/** Queries a product. */
const queryRows = 128

interface Tile {
  /** Row-major vectors, for exact distances. */
  readonly data: Float32Array
  /** Position of the first in the bank. */
  readonly start: number
  readonly rows: number
  /** [dimension + 1, tileRows]: each column a vector b over -|b|²/2. */
  readonly columns: ort.Tensor
  readonly largestNorm: number
}

/** A part of a bank that one thread searches. */
export interface Shard {
  add(data: Float32Array, start: number): void
  /** Empties into `take` the heap of every query in turn: its k nearest of this shard, fewer where the shard is smaller. */
  search(queries: Float32Array, k: number, take: (row: number, heap: NearestHeap) => void): Promise<void>
}

/**
 * Exact search with a float32 filter. For query q and vector b, s = q·b - |b|²/2 orders vectors as the distance does:
 * |q - b|² = |q|² - 2s. onnxruntime computes s for a block of queries and a tile of vectors and keeps the maximum of every
 * 16. The k-th largest of these maxima, less twice the rounding error, bounds from below what the k-th best vector has; a
 * group that cannot reach it is left out with proof, the others are computed in float64, best first.
 */
export async function createShard(dimension: number): Promise<Shard> {
  const session = await ort.InferenceSession.create(emitGroupMaxima(dimension), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  })
  const tiles: Tile[] = []
  return {
    add(data, start) {
      for (let row = 0; row < data.length / dimension; row += tileRows) {
        const rows = Math.min(tileRows, data.length / dimension - row)
        const part = data.subarray(row * dimension, (row + rows) * dimension)
        tiles.push({ data: part, start: start + row, rows, ...toColumns(part, rows, dimension) })
      }
    },
    async search(queries, k, take) {
      for (let from = 0; from < queries.length; from += queryRows * dimension) {
        const block = queries.subarray(from, from + queryRows * dimension)
        const heaps = await searchBlock(session, tiles, block, dimension, k)
        for (const [row, heap] of heaps.entries()) take(from / dimension + row, heap)
      }
    },
  }
}

function emitGroupMaxima(dimension: number): Uint8Array {
  const graph = createGraph({ opset: 17 })
  const queries = graph.input('queries', 'float32', ['n', dimension + 1])
  const columns = graph.input('columns', 'float32', [dimension + 1, tileRows])
  const scores = graph.node('MatMul', [queries, columns])
  const groups = graph.node('Reshape', [scores, graph.integers([-1, tileRows / groupSize, groupSize])])
  graph.output(graph.node('ReduceMax', [groups], { axes: [2], keepdims: 0 }, { name: 'maxima' }), 'float32')
  return graph.encode()
}

/** Columns beyond the last vector get a score that no group is chosen for. */
function toColumns(data: Float32Array, rows: number, dimension: number): Pick<Tile, 'columns' | 'largestNorm'> {
  const columns = new Float32Array((dimension + 1) * tileRows)
  columns.fill(-3e38, dimension * tileRows + rows)
  let largest = 0
  for (let row = 0; row < rows; row++) {
    let squares = 0
    for (let i = 0; i < dimension; i++) {
      const value = data[row * dimension + i]!
      columns[i * tileRows + row] = value
      squares += value * value
    }
    columns[dimension * tileRows + row] = -squares / 2
    largest = Math.max(largest, squares)
  }
  return {
    columns: new ort.Tensor('float32', columns, [dimension + 1, tileRows]),
    largestNorm: Math.sqrt(largest),
  }
}

/** A group of a tile with what its best vector may score at most. */
interface Candidate {
  readonly tile: Tile
  readonly first: number
  readonly bound: number
}

async function searchBlock(
  session: ort.InferenceSession,
  tiles: readonly Tile[],
  block: Float32Array,
  dimension: number,
  k: number,
): Promise<NearestHeap[]> {
  const count = block.length / dimension
  const extended = new Float32Array(count * (dimension + 1)).fill(1)
  for (let row = 0; row < count; row++) {
    extended.set(block.subarray(row * dimension, (row + 1) * dimension), row * (dimension + 1))
  }
  const queries = new ort.Tensor('float32', extended, [count, dimension + 1])
  const maxima: Float32Array[] = []
  for (const tile of tiles) {
    const outputs = await session.run({ queries, columns: tile.columns })
    maxima.push(outputs['maxima']!.data as Float32Array)
  }
  return Array.from({ length: count }, (_, row) => {
    const query = block.subarray(row * dimension, (row + 1) * dimension)
    const heap = new NearestHeap(k)
    rescore(query, candidates(query, row, tiles, maxima, k), heap)
    return heap
  })
}

/** The groups that may hold one of the k nearest, best first. */
function candidates(
  query: Float32Array,
  row: number,
  tiles: readonly Tile[],
  maxima: readonly Float32Array[],
  k: number,
): Candidate[] {
  const groups = tileRows / groupSize
  const norm = Math.sqrt(squaredDistance(query, 0, new Float32Array(query.length), 0, query.length, Infinity))
  const errors = tiles.map((tile) => roundingError(query.length, norm, tile.largestNorm))
  // At least k groups, so at least k vectors, score no less than this.
  const reached = new LargestValues(k)
  for (const [t, tile] of tiles.entries()) {
    const end = row * groups + Math.ceil(tile.rows / groupSize)
    // Where float32 may have overflowed its numbers mean nothing, and every group stays.
    if (errors[t] === Infinity) continue
    for (let i = row * groups; i < end; i++) reached.offer(maxima[t]![i]! - errors[t]!)
  }
  // Float64 distances are rounded too: those that differ by less than this may tie, and ties go by index.
  const slack = 1e-12 * (norm ** 2 + Math.max(...tiles.map((tile) => tile.largestNorm)) ** 2)
  const needed = reached.smallest - slack
  const found: Candidate[] = []
  for (const [t, tile] of tiles.entries()) {
    const used = Math.ceil(tile.rows / groupSize)
    for (let group = 0; group < used; group++) {
      const bound = errors[t] === Infinity ? Infinity : maxima[t]![row * groups + group]! + errors[t]!
      if (bound >= needed) found.push({ tile, first: group * groupSize, bound })
    }
  }
  return found.sort((a, b) => (a.bound === b.bound ? 0 : b.bound - a.bound))
}

/**
 * Bound of |computed s - s| for one query and any vector of norm at most `vectorNorm`: n + 1 float32 products summed in any
 * order, the last factor itself rounded. Infinite where float32 could overflow, so that nothing is left out.
 */
function roundingError(dimension: number, queryNorm: number, vectorNorm: number): number {
  const magnitude = queryNorm * vectorNorm + vectorNorm ** 2
  if (!(magnitude < 1e37) || queryNorm > 1e37) return Number.POSITIVE_INFINITY
  const unit = 2 ** -24
  const terms = dimension + 4
  return (1.01 * terms * unit * magnitude) / (1 - terms * unit) + terms * 1e-37
}

function rescore(query: Float32Array, groups: readonly Candidate[], heap: NearestHeap): void {
  const dimension = query.length
  const squares = squaredDistance(query, 0, new Float32Array(dimension), 0, dimension, Infinity)
  for (const { tile, first, bound } of groups) {
    // The slack covers the float64 rounding of both sides.
    const nearest = squares - 2 * bound
    if (nearest - 1e-12 * (squares + tile.largestNorm ** 2) > heap.worst) break
    const end = Math.min(first + groupSize, tile.rows)
    for (let i = first; i < end; i++) {
      const distance = squaredDistance(query, 0, tile.data, i * dimension, dimension, heap.worst)
      if (distance <= heap.worst) heap.offer(distance, tile.start + i)
    }
  }
}

/** The largest of the values offered, a fixed number of them, as a binary heap with the smallest on top. */
class LargestValues {
  readonly #values: Float64Array
  #count = 0

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity)
  }

  /** The smallest value kept; minus infinity until the heap is full. */
  get smallest(): number {
    return this.#count < this.#values.length ? Number.NEGATIVE_INFINITY : this.#values[0]!
  }

  offer(value: number): void {
    const values = this.#values
    if (this.#count < values.length) {
      let at = this.#count++
      while (at > 0 && values[(at - 1) >> 1]! > value) {
        values[at] = values[(at - 1) >> 1]!
        at = (at - 1) >> 1
      }
      values[at] = value
      return
    }
    if (!(value > values[0]!)) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= values.length) break
      if (child + 1 < values.length && values[child + 1]! < values[child]!) child++
      if (values[child]! >= value) break
      values[at] = values[child]!
      at = child
    }
    values[at] = value
  }
}
