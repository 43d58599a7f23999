import { createWorkspace, type Workspace } from './kernel.ts'
import { type CodeKind, codeRange, paddedDimension, tileRows } from './segment.ts'
import type { Vectors } from './vectors.ts'

type Region = 'raw' | 'origin' | 'differences' | 'list' | 'rawCenters' | 'basis' | 'dots' | 'code' | 'result'

/** A vector less the centre of its group. */
export interface EncodedVector {
  /** Valid until the next. */
  readonly code: Uint8Array
  readonly squaredNorm: number
  /** The squared norm of what the code loses. */
  readonly squaredLoss: number
  readonly scale: number
  /** Its length along the basis, to `partError`. */
  readonly along: number
}

/** Memory in which a segment is built, and what WebAssembly does in it. */
export class BuildSpace {
  readonly dimension: number
  readonly batchRows: number
  readonly workspace: Workspace<Region>
  readonly #vectors: Vectors
  readonly #padded: number
  #directions = 0

  constructor(vectors: Vectors, dimension: number, mostGroups: number) {
    const rows = tileRows(dimension)
    const padded = paddedDimension(dimension, 'float32')
    this.dimension = dimension
    this.batchRows = rows
    this.#vectors = vectors
    this.#padded = padded
    const groups = Math.ceil(mostGroups / 4) * 4
    this.workspace = createWorkspace<Region>({
      raw: rows * dimension * 4,
      origin: dimension * 4,
      differences: rows * padded * 4,
      list: rows * 4,
      rawCenters: groups * dimension * 4,
      basis: groups * padded * 4,
      dots: rows * groups * 4,
      code: padded * 4 + 8,
      result: 16,
    })
    const { starts, integers } = this.workspace
    for (let row = 0; row < rows; row++) integers[starts.list / 4 + row] = starts.differences + row * padded * 4
  }

  /** What `differences` subtracts. */
  setOrigin(origin: Float32Array): void {
    this.workspace.floats.set(origin, this.workspace.starts.origin / 4)
  }

  /** Vectors, [rows, dimension]. */
  read(positions: Int32Array): Float32Array {
    const vectors = new Float32Array(positions.length * this.dimension)
    this.#vectors.gather(positions, vectors)
    return vectors
  }

  /** Vectors less the origin, [rows, padded], and their squared norms; at most `batchRows`, and valid until the next. */
  differences(positions: Int32Array): { points: Float32Array; squaredNorms: Float32Array } {
    const { starts, kernel, floats } = this.workspace
    const squaredNorms = new Float32Array(positions.length)
    this.#gather(positions)
    for (let row = 0; row < positions.length; row++) {
      const raw = starts.raw + row * this.dimension * 4
      const into = starts.differences + row * this.#padded * 4
      kernel.subtract(raw, starts.origin, this.dimension, this.#padded, into, starts.result)
      squaredNorms[row] = floats[starts.result / 4]!
    }
    const start = starts.differences / 4
    return { points: floats.subarray(start, start + positions.length * this.#padded), squaredNorms }
  }

  /** Centres as they are, [groups, dimension], for `encode`. */
  setRawCenters(centers: Float32Array): void {
    this.workspace.floats.set(centers, this.workspace.starts.rawCenters / 4)
  }

  /** Directions, [directions, dimension], for `encode`; no more than groups. */
  setBasis(basis: Float32Array): void {
    const { starts, floats } = this.workspace
    this.#directions = basis.length / this.dimension
    floats.fill(0, starts.basis / 4, starts.dots / 4)
    for (let i = 0; i < this.#directions; i++) {
      floats.set(basis.subarray(i * this.dimension, (i + 1) * this.dimension), starts.basis / 4 + i * this.#padded)
    }
  }

  /** Hands over each of the vectors [from, from + rows) relative to its group's centre. */
  encode(
    from: number,
    rows: number,
    { precision, narrow }: CodeKind,
    groupOf: (row: number) => number,
    take: (row: number, encoded: EncodedVector) => void,
  ): void {
    const { dimension, batchRows } = this
    const { starts, kernel, floats, bytes } = this.workspace
    const { top, zero } = codeRange(narrow)
    const padded = paddedDimension(dimension, precision)
    const code = bytes.subarray(starts.code, starts.code + padded * (precision === 'int8' ? 1 : 4))
    const result = starts.result / 4
    for (let start = 0; start < rows; start += batchRows) {
      const positions = range(from + start, Math.min(batchRows, rows - start))
      this.#gather(positions)
      const along = this.#lengthsAlong(positions.length, (row) => groupOf(start + row))
      for (let row = start; row < start + positions.length; row++) {
        const raw = starts.raw + (row - start) * dimension * 4
        const center = starts.rawCenters + groupOf(row) * dimension * 4
        if (precision === 'int8') {
          kernel.encode(raw, center, dimension, padded, top, zero, 1, starts.code, starts.result)
          take(row, {
            code,
            squaredNorm: floats[result]!,
            squaredLoss: floats[result + 1]!,
            scale: floats[result + 2]!,
            along: along[row - start]!,
          })
        } else {
          kernel.subtract(raw, center, dimension, padded, starts.code, starts.result)
          take(row, { code, squaredNorm: floats[result]!, squaredLoss: 0, scale: 1, along: along[row - start]! })
        }
      }
    }
  }

  /** Lengths along the basis of the vectors read, less their centres. */
  #lengthsAlong(rows: number, groupOf: (row: number) => number): Float64Array {
    const lengths = new Float64Array(rows)
    if (this.#directions === 0) return lengths
    const { dimension } = this
    const { starts, kernel, floats } = this.workspace
    for (let row = 0; row < rows; row++) {
      const raw = starts.raw + row * dimension * 4
      const center = starts.rawCenters + groupOf(row) * dimension * 4
      const into = starts.differences + row * this.#padded * 4
      kernel.subtract(raw, center, dimension, this.#padded, into, starts.result)
    }
    const count = Math.ceil(this.#directions / 4) * 4
    kernel.floatDots(starts.list, rows, starts.basis, count, this.#padded, starts.dots)
    for (let row = 0; row < rows; row++) {
      const dots = starts.dots / 4 + row * count
      let sum = 0
      for (let i = dots; i < dots + count; i++) sum += floats[i]! ** 2
      lengths[row] = Math.sqrt(sum)
    }
    return lengths
  }

  #gather(positions: Int32Array): void {
    const { starts, floats } = this.workspace
    this.#vectors.gather(positions, floats.subarray(starts.raw / 4, starts.raw / 4 + positions.length * this.dimension))
  }
}

/** The whole numbers from `from` on. */
export function range(from: number, length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => from + i)
}
