import { createWorkspace, type Workspace } from './kernel.ts'
import { paddedDimension } from './segment.ts'

type Region = 'raw' | 'origin' | 'vectors' | 'list' | 'basis' | 'dots' | 'result'

const batch = 64

/** Vectors less an origin, by their products with the directions of a basis. */
export class Projection {
  readonly directions: number
  readonly #dimension: number
  readonly #padded: number
  readonly #count: number
  readonly #workspace: Workspace<Region>

  constructor(basis: Float32Array, dimension: number, origin: Float32Array) {
    const padded = paddedDimension(dimension, 'float32')
    this.directions = basis.length / dimension
    this.#dimension = dimension
    this.#padded = padded
    this.#count = Math.ceil(this.directions / 4) * 4
    this.#workspace = createWorkspace<Region>({
      raw: dimension * 4,
      origin: dimension * 4,
      vectors: batch * padded * 4,
      list: batch * 4,
      basis: this.#count * padded * 4,
      dots: batch * this.#count * 4,
      result: 16,
    })
    const { starts, floats, integers } = this.#workspace
    floats.set(origin, starts.origin / 4)
    for (let i = 0; i < batch; i++) integers[starts.list / 4 + i] = starts.vectors + i * padded * 4
    for (let i = 0; i < this.directions; i++) {
      floats.set(basis.subarray(i * dimension, (i + 1) * dimension), starts.basis / 4 + i * padded)
    }
  }

  /** [rows, directions] of [rows, dimension], and the norm of each vector less the origin. */
  project(vectors: Float32Array): { points: Float32Array; norms: Float64Array } {
    const dimension = this.#dimension
    const rows = vectors.length / dimension
    const points = new Float32Array(rows * this.directions)
    const norms = new Float64Array(rows)
    const { starts, kernel, floats } = this.#workspace
    for (let start = 0; start < rows; start += batch) {
      const count = Math.min(batch, rows - start)
      for (let i = 0; i < count; i++) {
        const into = starts.vectors + i * this.#padded * 4
        floats.set(vectors.subarray((start + i) * dimension, (start + i + 1) * dimension), starts.raw / 4)
        kernel.subtract(starts.raw, starts.origin, dimension, this.#padded, into, starts.result)
        norms[start + i] = Math.sqrt(floats[starts.result / 4]!)
      }
      kernel.floatDots(starts.list, count, starts.basis, this.#count, this.#padded, starts.dots)
      for (let i = 0; i < count; i++) {
        const dots = starts.dots / 4 + i * this.#count
        points.set(floats.subarray(dots, dots + this.directions), (start + i) * this.directions)
      }
    }
    return { points, norms }
  }
}
