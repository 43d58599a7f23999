import type { Vectors } from './vectors.ts'

/** Memory for consecutive vectors: row r of `data` is vector `start + r` of the bank. It may not be filled yet. */
export interface VectorBlock {
  readonly start: number
  readonly data: Float32Array
}

/** Vectors in memory, in blocks that follow each other. */
export class BlockVectors implements Vectors {
  readonly dimension: number
  readonly blocks: VectorBlock[] = []

  constructor(dimension: number) {
    this.dimension = dimension
  }

  addBlock(block: VectorBlock): void {
    this.blocks.push(block)
  }

  gather(positions: Int32Array, into: Float32Array): void {
    const { dimension } = this
    let block = this.blocks[0]!
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i]!
      const offset = (position - block.start) * dimension
      if (offset < 0 || offset >= block.data.length) block = this.#blockOf(position)
      const at = (position - block.start) * dimension
      into.set(block.data.subarray(at, at + dimension), i * dimension)
    }
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
