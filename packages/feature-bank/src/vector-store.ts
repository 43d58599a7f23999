import { allocate } from './search/allocate.ts'
import { BlockVectors, type VectorBlock } from './search/block-vectors.ts'

/** Vectors in the order of adding, row-major. Growing copies nothing: rows lie in blocks that stay where they are. */
export class VectorStore extends BlockVectors {
  /** A label a vector, in pieces; undefined once vectors came without. */
  labels: Int32Array[] | undefined = []
  #size = 0

  get size(): number {
    return this.#size
  }

  append(vectors: Float32Array, labels?: Int32Array): void {
    if (labels) this.labels?.push(labels)
    else this.labels = undefined
    const rows = vectors.length / this.dimension
    for (let row = 0; row < rows;) {
      const { start, data } = this.#blockWithRoom(rows - row)
      const at = this.#size - start
      const count = Math.min(rows - row, data.length / this.dimension - at)
      data.set(vectors.subarray(row * this.dimension, (row + count) * this.dimension), at * this.dimension)
      this.#size += count
      row += count
    }
  }

  /** Rows [from, to) as views, one a block. */
  *pieces(from: number, to: number): Generator<Float32Array> {
    for (const { data, start } of this.blocks) {
      const first = Math.max(from, start)
      const end = Math.min(to, start + data.length / this.dimension)
      if (first < end) yield data.subarray((first - start) * this.dimension, (end - start) * this.dimension)
    }
  }

  #blockWithRoom(rows: number): VectorBlock {
    const last = this.blocks.at(-1)
    if (last && this.#size - last.start < last.data.length / this.dimension) return last
    const atMost = Math.max(1, Math.floor(blockBytes / (4 * this.dimension)))
    const capacity = Math.min(Math.max(rows, this.#size), atMost)
    const block = { start: this.#size, data: new Float32Array(allocate(4 * capacity * this.dimension)) }
    this.addBlock(block)
    return block
  }
}

const blockBytes = 64 * 2 ** 20
