import { allocate } from './search/allocate.ts'
import { BlockVectors, type MemoryBlock } from './search/block-vectors.ts'
import type { FilePlace } from './search/file-access.ts'
import type { SegmentCache } from './search/segment-cache.ts'

/** Vectors in the order of adding, row-major. Growing copies nothing: rows lie in blocks that stay where they are. */
export class VectorStore extends BlockVectors {
  /** A label a vector, in pieces; undefined once vectors came without. */
  labels: Int32Array[] | undefined = []
  /** Where vectors that were opened are kept prepared. */
  cache: SegmentCache | undefined
  #size = 0

  /** Gives up files. */
  close(): void {
    this.files?.close()
  }

  get size(): number {
    return this.#size
  }

  /** Appends vectors that stay in their file; their labels are for the caller to give. */
  appendFile(file: FilePlace, rows: number): void {
    this.addBlock({ start: this.#size, rows, file })
    this.#size += rows
  }

  append(vectors: Float32Array, labels?: Int32Array): void {
    if (labels) this.labels?.push(labels)
    else this.labels = undefined
    const rows = vectors.length / this.dimension
    for (let row = 0; row < rows;) {
      const { start, data, rows: room } = this.#blockWithRoom(rows - row)
      const at = this.#size - start
      const count = Math.min(rows - row, room - at)
      data.set(vectors.subarray(row * this.dimension, (row + count) * this.dimension), at * this.dimension)
      this.#size += count
      row += count
    }
  }

  /** Rows [from, to) in pieces, each valid until the next. */
  *pieces(from: number, to: number): Generator<Float32Array> {
    for (const block of this.blocks) {
      const first = Math.max(from, block.start)
      const end = Math.min(to, block.start + block.rows)
      if (first >= end) continue
      const { dimension } = this
      if ('data' in block) yield block.data.subarray((first - block.start) * dimension, (end - block.start) * dimension)
      else yield* this.#read(block.start, first, end)
    }
  }

  *#read(blockStart: number, from: number, to: number): Generator<Float32Array> {
    const block = this.blocks.find(({ start }) => start === blockStart)!
    const most = Math.max(1, Math.floor(pieceBytes / (4 * this.dimension)))
    for (let start = from; start < to; start += most) {
      const piece = new Float32Array(Math.min(most, to - start) * this.dimension)
      this.readRows(block, start - blockStart, piece)
      yield piece
    }
  }

  #blockWithRoom(rows: number): MemoryBlock {
    const last = this.blocks.at(-1)
    if (last && 'data' in last && this.#size - last.start < last.rows) return last
    const atMost = Math.max(1, Math.floor(blockBytes / (4 * this.dimension)))
    const capacity = Math.min(Math.max(rows, this.#size), atMost)
    const data = new Float32Array(allocate(4 * capacity * this.dimension))
    const block = { start: this.#size, rows: capacity, data }
    this.addBlock(block)
    return block
  }
}

const blockBytes = 64 * 2 ** 20
const pieceBytes = 4 * 2 ** 20
