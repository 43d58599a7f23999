import type { FileAccess, FilePlace } from './file-access.ts'
import type { Vectors } from './vectors.ts'

/**
 * Consecutive vectors: row r is vector `start + r` of the bank. They lie in memory, whose last rows may not be filled yet, or
 * in a file, float32 and row-major.
 */
export type VectorBlock = MemoryBlock | FileBlock

export interface MemoryBlock {
  readonly start: number
  readonly rows: number
  readonly data: Float32Array
}

export interface FileBlock {
  readonly start: number
  readonly rows: number
  readonly file: FilePlace
}

/** Vectors in blocks that follow each other. */
export class BlockVectors implements Vectors {
  readonly dimension: number
  readonly blocks: VectorBlock[] = []
  protected readonly files: FileAccess | undefined

  /** Where there are blocks in files, they are read by `files`. */
  constructor(dimension: number, files?: FileAccess) {
    this.dimension = dimension
    this.files = files
  }

  addBlock(block: VectorBlock): void {
    this.blocks.push(block)
  }

  gather(positions: Int32Array, into: Float32Array): void {
    const { dimension } = this
    let block = this.blocks[0]!
    for (let i = 0; i < positions.length;) {
      const position = positions[i]!
      if (position < block.start || position >= block.start + block.rows) block = this.#blockOf(position)
      const run = this.#runLength(positions, i, block)
      this.readRows(block, position - block.start, into.subarray(i * dimension, (i + run) * dimension))
      i += run
    }
  }

  /** Copies consecutive rows of a block. */
  readRows(block: VectorBlock, row: number, into: Float32Array): void {
    const at = row * this.dimension
    if ('data' in block) {
      into.set(block.data.subarray(at, at + into.length))
      return
    }
    const { path, offset } = block.file
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength)
    this.files!.readAt(path, offset + 4 * at, bytes)
  }

  /** How many of the positions from place `i` on follow each other in the block. */
  #runLength(positions: Int32Array, i: number, { start, rows }: VectorBlock): number {
    const first = positions[i]!
    const most = Math.min(positions.length - i, start + rows - first)
    let run = 1
    while (run < most && positions[i + run] === first + run) run++
    return run
  }

  #blockOf(position: number): VectorBlock {
    let low = 0
    let high = this.blocks.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.blocks[middle]!.start <= position) low = middle
      else high = middle - 1
    }
    return this.blocks[low]!
  }
}
