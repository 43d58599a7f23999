import { createWorkspace, type Workspace } from './kernel.ts'

type Region = 'points' | 'list' | 'centers' | 'dots'

/** Numbers of the centres compared at a time: they stay in the cache of a core while all points pass. */
const blockNumbers = 2 ** 15

/** Finds which centre is nearest to each of some points. Points and centres are padded with zeros. */
export class NearestCenters {
  readonly #groups: Int32Array
  readonly #scores: Float32Array
  readonly #padded: number
  readonly #block: number
  readonly #workspace: Workspace<Region>
  #halfNorms = new Float32Array()

  /** With room for so many points at a time, and centres. */
  constructor(padded: number, points: number, centers: number) {
    this.#padded = padded
    this.#block = Math.max(4, Math.min(64, Math.floor(blockNumbers / padded / 4) * 4))
    this.#groups = new Int32Array(points)
    this.#scores = new Float32Array(points)
    this.#workspace = createWorkspace<Region>({
      points: points * padded * 4,
      list: points * 4,
      // The kernel takes four at a time: it may read on beyond the last.
      centers: (centers + 3) * padded * 4,
      dots: points * this.#block * 4,
    })
    const { starts, integers } = this.#workspace
    for (let row = 0; row < points; row++) integers[starts.list / 4 + row] = starts.points + row * padded * 4
  }

  /** [centres, padded] */
  setCenters(centers: Float32Array): void {
    const { starts, floats } = this.#workspace
    floats.set(centers, starts.centers / 4)
    this.#halfNorms = Float32Array.from({ length: centers.length / this.#padded }, (_, i) =>
      halfSquaredNorm(centers.subarray(i * this.#padded, (i + 1) * this.#padded)),
    )
  }

  /** Hands over the nearest centre of each point, of [rows, padded], and half a squared norm less half the squared distance. */
  find(points: Float32Array, take: (row: number, group: number, score: number) => void): void {
    const { starts, kernel, floats } = this.#workspace
    const rows = points.length / this.#padded
    const centers = this.#halfNorms.length
    floats.set(points, starts.points / 4)
    this.#groups.fill(0)
    this.#scores.fill(Number.NEGATIVE_INFINITY)
    for (let start = 0; start < centers; start += this.#block) {
      const count = Math.min(this.#block, centers - start)
      const width = Math.ceil(count / 4) * 4
      const at = starts.centers + start * this.#padded * 4
      kernel.floatDots(starts.list, rows, at, width, this.#padded, starts.dots)
      for (let row = 0; row < rows; row++) this.#take(row, start, count, starts.dots / 4 + row * width)
    }
    for (let row = 0; row < rows; row++) take(row, this.#groups[row]!, this.#scores[row]!)
  }

  /** The best so far, and of `count` centres from `start` on. */
  #take(row: number, start: number, count: number, dots: number): void {
    const { floats } = this.#workspace
    let score = this.#scores[row]!
    for (let i = 0; i < count; i++) {
      const own = floats[dots + i]! - this.#halfNorms[start + i]!
      if (own > score) {
        score = own
        this.#groups[row] = start + i
      }
    }
    this.#scores[row] = score
  }
}

function halfSquaredNorm(vector: Float32Array): number {
  let sum = 0
  for (const value of vector) sum += value * value
  return sum / 2
}
