import { createWorkspace, type Workspace } from './kernel.ts'
import { relativeError } from './rounding.ts'
import { paddedDimension, type Segment } from './segment.ts'

type Region = 'raw' | 'origin' | 'queries' | 'list' | 'centers' | 'dots' | 'result'

const batch = 64

/** Bounds of the distances, [queries, groups], of queries from the centres of a segment. */
export interface CenterDistances {
  /** 0 where the numbers mean nothing. */
  readonly least: Float32Array
  /** Infinity where they mean nothing. */
  readonly most: Float32Array
}

/** Finds bounds of the distances of queries from the centres of a segment. */
export class CoarseDistances {
  readonly groups: number
  readonly #dimension: number
  readonly #padded: number
  readonly #count: number
  readonly #workspace: Workspace<Region>
  readonly #norms: Float64Array

  constructor({ centers, dimension }: Pick<Segment, 'centers' | 'dimension'>) {
    const groups = centers.length / dimension
    this.groups = groups
    this.#dimension = dimension
    this.#padded = paddedDimension(dimension, 'float32')
    this.#count = Math.ceil(groups / 4) * 4
    this.#workspace = createWorkspace<Region>({
      raw: dimension * 4,
      origin: dimension * 4,
      queries: batch * this.#padded * 4,
      list: batch * 4,
      centers: this.#count * this.#padded * 4,
      dots: batch * this.#count * 4,
      result: 4,
    })
    const { starts, floats, integers } = this.#workspace
    // Around any point near them, norms and their rounding are smaller.
    floats.set(centers.subarray(0, dimension), starts.origin / 4)
    this.#norms = Float64Array.from({ length: groups }, (_, group) =>
      this.#subtract(centers.subarray(group * dimension, (group + 1) * dimension), this.#centerAt(group)),
    )
    for (let i = 0; i < batch; i++) integers[starts.list / 4 + i] = starts.queries + i * this.#padded * 4
  }

  measure(queries: Float32Array): CenterDistances {
    const dimension = this.#dimension
    const rows = queries.length / dimension
    const least = new Float32Array(rows * this.groups)
    const most = new Float32Array(rows * this.groups)
    const { starts, kernel, floats } = this.#workspace
    const relative = relativeError(dimension)
    const norms = new Float64Array(batch)
    for (let start = 0; start < rows; start += batch) {
      const count = Math.min(batch, rows - start)
      for (let i = 0; i < count; i++) {
        const query = queries.subarray((start + i) * dimension, (start + i + 1) * dimension)
        norms[i] = this.#subtract(query, starts.queries + i * this.#padded * 4)
      }
      kernel.floatDots(starts.list, count, starts.centers, this.#count, this.#padded, starts.dots)
      for (let i = 0; i < count; i++) {
        for (let group = 0; group < this.groups; group++) {
          const dot = floats[starts.dots / 4 + i * this.#count + group]!
          const own = this.#norms[group]!
          const sum = norms[i]! + own
          const squared = norms[i]! ** 2 + own ** 2 - 2 * dot
          const rounding = 2 ** -22 * sum + 1e-17
          const low = Math.sqrt(Math.max(0, squared - relative * sum ** 2)) - rounding
          const high = Math.sqrt(Math.max(0, squared + relative * sum ** 2)) + rounding
          const at = (start + i) * this.groups + group
          // False for NaN as well.
          const isKnown = sum < 1e18
          least[at] = low > 0 && isKnown ? low * (1 - 2 ** -23) : 0
          most[at] = isKnown ? high * (1 + 2 ** -23) : Number.POSITIVE_INFINITY
        }
      }
    }
    return { least, most }
  }

  #centerAt(group: number): number {
    return this.#workspace.starts.centers + group * this.#padded * 4
  }

  /** Puts a vector less the origin at `into`; its norm. */
  #subtract(vector: Float32Array, into: number): number {
    const { starts, kernel, floats } = this.#workspace
    floats.set(vector, starts.raw / 4)
    kernel.subtract(starts.raw, starts.origin, this.#dimension, this.#padded, into, starts.result)
    return Math.sqrt(floats[starts.result / 4]!)
  }
}
