/** Vectors in the order of adding, row-major. Growing copies nothing: rows lie in blocks that stay where they are. */
export class VectorStore {
  readonly dimension: number
  readonly blocks: VectorBlock[] = []
  #size = 0

  constructor(dimension: number) {
    this.dimension = dimension
  }

  get size(): number {
    return this.#size
  }

  append(vectors: Float32Array): void {
    const rows = vectors.length / this.dimension
    for (let row = 0; row < rows;) {
      const block = this.#blockWithRoom(rows - row)
      const count = Math.min(rows - row, block.capacity - block.rows)
      block.data.set(
        vectors.subarray(row * this.dimension, (row + count) * this.dimension),
        block.rows * this.dimension,
      )
      block.rows += count
      this.#size += count
      row += count
    }
  }

  /** Rows [from, to) as views, one a block. */
  *pieces(from: number, to: number): Generator<Float32Array> {
    for (const { data, start, rows } of this.blocks) {
      const first = Math.max(from, start)
      const end = Math.min(to, start + rows)
      if (first < end) yield data.subarray((first - start) * this.dimension, (end - start) * this.dimension)
    }
  }

  #blockWithRoom(rows: number): VectorBlock {
    const last = this.blocks.at(-1)
    if (last && last.rows < last.capacity) return last
    const atMost = Math.max(1, Math.floor(blockBytes / (4 * this.dimension)))
    const capacity = Math.min(Math.max(rows, this.#size), atMost)
    const data = allocate(capacity * this.dimension)
    const block = { start: this.#size, rows: 0, capacity, data }
    this.blocks.push(block)
    return block
  }
}

/** Consecutive vectors: row r of `data` is vector `start + r` of the bank. */
export interface VectorBlock {
  readonly start: number
  rows: number
  readonly capacity: number
  readonly data: Float32Array
}

const blockBytes = 64 * 2 ** 20

/** Shared memory where there is any, so that search threads read the vectors without a copy of their own. */
function allocate(length: number): Float32Array {
  return typeof SharedArrayBuffer === 'undefined'
    ? new Float32Array(length)
    : new Float32Array(new SharedArrayBuffer(4 * length))
}
