import { createWorkspace, type Workspace } from './kernel.ts'
import { largest, relativeError, smallest } from './rounding.ts'
import { openRelaxedKernel, type RelaxedKernel } from './relaxed-kernel.ts'
import { type CodeKind, codeRange, paddedDimension, type Tile, tileRows, type TileShape, tileShape } from './segment.ts'

type Region =
  | 'raw'
  | 'center'
  | 'codes'
  | 'list'
  | 'tile'
  | 'dots'
  | 'bounds'
  | 'positions'
  | 'result'
  | 'left'
  | 'right'

/** What is known of a query relative to a centre. */
export interface EncodedQuery {
  /** Its distance from the centre, and the square of it, to rounding. */
  readonly norm: number
  readonly squaredNorm: number
  /** At most the norm of what its code loses. */
  readonly loss: number
  readonly scale: number
  /** By how much its products with codes are too large. */
  readonly zero: number
}

/** The largest code of a query that meets narrow codes in the relaxed kernel. */
const narrowTop = 31

/** Matrix products of native code, which beats WebAssembly where there are many queries and the processor has what it takes. */
export interface NativeProduct {
  readonly mostQueries: number
  /** Codes of queries lie in -top..top and are given as bytes, `zero` added. */
  readonly top: number
  readonly zero: number
  /** [queries, dimension] times [dimension, rows]; `out` is written. All lie in WebAssembly memory. */
  integers(shape: ProductShape, left: Uint8Array, right: Int8Array, out: Float32Array): Promise<void>
  /** [queries, dimension] times the transpose of [rows, dimension]. */
  floats(shape: ProductShape, left: Float32Array, right: Float32Array, out: Float32Array): Promise<void>
}

export interface ProductShape {
  readonly queries: number
  readonly rows: number
  readonly dimension: number
}

/**
 * Rules vectors out by codes. With p the query and r a vector, both less the centre, |q - b|² = |p|² + |r|² - 2 p·r, and of
 * their codes p̂ and r̂ it is known how much they lose, so that by Cauchy and Schwarz
 * |p·r - p̂·r̂| ≤ |p̂| |r - r̂| + |p - p̂| |r|.
 */
export class TileFilter {
  /** Queries encoded at a time. */
  readonly mostEncoded = 1024
  /** Queries multiplied at a time. */
  readonly mostMultiplied: number
  readonly #dimension: number
  readonly #precision: CodeKind['precision']
  readonly #narrow: boolean
  readonly #workspace: Workspace<Region>
  readonly #padded: number
  readonly #codeBytes: number
  readonly #top: number
  readonly #native: NativeProduct | undefined
  readonly #relaxed: RelaxedKernel | null
  #tile: Tile | null = null
  #shape: TileShape | null = null

  /** Multiplies in WebAssembly, or natively where a product is given. */
  constructor(dimension: number, { precision, narrow }: CodeKind, native?: NativeProduct) {
    const rows = tileRows(dimension)
    const padded = paddedDimension(dimension, precision)
    this.#dimension = dimension
    this.#precision = precision
    this.#narrow = precision === 'int8' && narrow
    this.#padded = padded
    // Room for the widest of them.
    this.#codeBytes = padded * (precision === 'int8' ? 2 : 4)
    this.#native = native
    this.mostMultiplied = native?.mostQueries ?? 64
    // Products of codes are summed in 32 bits.
    this.#top = native?.top ?? Math.min(32767, Math.floor(2 ** 31 / (127 * padded)) - 1)
    this.#workspace = createWorkspace<Region>({
      raw: dimension * 4,
      center: dimension * 4,
      codes: this.mostEncoded * this.#codeBytes,
      list: this.mostMultiplied * 4,
      tile: tileShape(rows, dimension, precision).bytes,
      dots: this.mostMultiplied * rows * 4,
      bounds: rows * 4,
      positions: rows * 4,
      result: 16,
      left: native ? this.mostMultiplied * padded * (precision === 'int8' ? 1 : 4) : 0,
      right: native && precision === 'int8' ? rows * padded : 0,
    })
    this.#relaxed = this.#narrow && !native ? openRelaxedKernel(this.#workspace.memory) : null
  }

  setCenter(center: Float32Array): void {
    this.#workspace.floats.set(center, this.#workspace.starts.center / 4)
  }

  /** Encodes a query as the `place`-th. */
  encodeQuery(place: number, query: Float32Array): EncodedQuery {
    const { starts, kernel, floats } = this.#workspace
    const { raw, center, result } = starts
    const code = starts.codes + place * this.#codeBytes
    floats.set(query, raw / 4)
    if (this.#precision === 'int8') {
      const top = this.#relaxed ? narrowTop : this.#top
      kernel.encode(raw, center, this.#dimension, this.#padded, top, 0, this.#relaxed ? 1 : 0, code, result)
    } else {
      kernel.subtract(raw, center, this.#dimension, this.#padded, code, result)
      floats.fill(0, result / 4 + 1, result / 4 + 2)
      floats.fill(1, result / 4 + 2, result / 4 + 3)
      floats.fill(0, result / 4 + 3, result / 4 + 4)
    }
    const squaredNorm = floats[result / 4]!
    const norm = Math.sqrt(squaredNorm)
    const relative = relativeError(this.#dimension)
    const loss =
      Math.sqrt(floats[result / 4 + 1]!) * (1 + relative) + norm * 2 ** -21 + Math.sqrt(this.#dimension) * 1e-22
    const zero = codeRange(this.#narrow).zero * floats[result / 4 + 3]!
    return { norm, squaredNorm, loss, scale: floats[result / 4 + 2]!, zero }
  }

  /** Takes the bytes of a tile. */
  load(tile: Tile, bytes: Uint8Array): void {
    this.#tile = tile
    this.#shape = tileShape(tile.rows, this.#dimension, this.#precision)
    this.#workspace.bytes.set(bytes, this.#workspace.starts.tile)
  }

  /** As if a full tile had been read, whatever its numbers: to measure the speed of `multiply`. */
  loadExample(): void {
    const rows = tileRows(this.#dimension)
    this.#tile = { group: 0, first: 0, rows, offset: 0, inner: 0, outer: 0 }
    this.#shape = tileShape(rows, this.#dimension, this.#precision)
  }

  /** Multiplies the queries at these places with the tile; `select` and `upperBound` then take them by their order here. */
  multiply(places: readonly number[]): Promise<void> | undefined {
    const { starts, kernel, integers } = this.#workspace
    if (this.#native) return this.#multiplyNatively(this.#native, places)
    for (const [i, place] of places.entries()) integers[starts.list / 4 + i] = starts.codes + place * this.#codeBytes
    const { rows } = this.#shape!
    const dots = this.#precision === 'float32' ? kernel.floatDots : (this.#relaxed?.narrowDots ?? kernel.integerDots)
    dots(starts.list, places.length, starts.tile, rows, this.#padded, starts.dots)
    return undefined
  }

  #multiplyNatively(native: NativeProduct, places: readonly number[]): Promise<void> {
    const { starts, kernel, bytes, floats, memory } = this.#workspace
    const { rows } = this.#shape!
    const padded = this.#padded
    const shape = { queries: places.length, rows, dimension: padded }
    const out = floats.subarray(starts.dots / 4, starts.dots / 4 + places.length * rows)
    if (this.#precision === 'float32') {
      for (const [i, place] of places.entries()) {
        const code = (starts.codes + place * this.#codeBytes) / 4
        floats.copyWithin(starts.left / 4 + i * padded, code, code + padded)
      }
      const left = floats.subarray(starts.left / 4, starts.left / 4 + places.length * padded)
      return native.floats(shape, left, floats.subarray(starts.tile / 4, starts.tile / 4 + rows * padded), out)
    }
    for (const [i, place] of places.entries()) {
      kernel.narrow(starts.codes + place * this.#codeBytes, padded, native.zero, starts.left + i * padded)
    }
    kernel.transpose(starts.tile, rows, padded, starts.right)
    const left = bytes.subarray(starts.left, starts.left + places.length * padded)
    return native.integers(shape, left, new Int8Array(memory.buffer, starts.right, rows * padded), out)
  }

  /** At most what the k-th smallest distance to the tile's vectors is; infinite where it holds fewer. */
  upperBound(order: number, query: EncodedQuery, k: number): number {
    const { rows, outer } = this.#tile!
    if (k > rows || !this.#isMeaningful(query)) return Number.POSITIVE_INFINITY
    const { starts, kernel } = this.#workspace
    const { norms, losses, scales } = this.#arrays()
    const weight = 2 * (query.norm + query.loss) * (1 + 2 ** -23)
    const scale = 2 * query.scale
    kernel.upperBounds(this.#dots(order), norms, losses, scales, rows, weight, scale, query.zero, starts.bounds)
    const kth = kernel.kthSmallest(starts.bounds, rows, k, starts.positions)
    return Math.max(0, query.squaredNorm + 2 * query.loss * outer + this.#slack(query) + kth)
  }

  /** Rows of the tile that may be within `limit` of the query; valid until the next call. */
  select(order: number, query: EncodedQuery, limit: number): Int32Array {
    const { rows, outer } = this.#tile!
    const { starts, kernel, integers } = this.#workspace
    const at = starts.positions / 4
    if (limit === Number.POSITIVE_INFINITY || !this.#isMeaningful(query)) {
      for (let row = 0; row < rows; row++) integers[at + row] = row
      return integers.subarray(at, at + rows)
    }
    const { norms, losses, scales } = this.#arrays()
    const weight = 2 * (query.norm + query.loss) * (1 + 2 ** -23)
    const bound = limit - query.squaredNorm + 2 * query.loss * outer + this.#slack(query)
    const rounded = bound + Math.abs(bound) * 2 ** -23
    const found = kernel.select(
      this.#dots(order),
      norms,
      losses,
      scales,
      rows,
      weight,
      2 * query.scale,
      query.zero,
      rounded,
      starts.positions,
    )
    return integers.subarray(at, at + found)
  }

  /** All roundings together. */
  #slack({ norm, loss }: EncodedQuery): number {
    return relativeError(this.#dimension) * (norm + loss + 2 * this.#tile!.outer) ** 2 + smallest
  }

  #isMeaningful({ norm }: EncodedQuery): boolean {
    return norm < largest && this.#tile!.outer < largest
  }

  #dots(order: number): number {
    return this.#workspace.starts.dots + order * this.#shape!.rows * 4
  }

  #arrays(): { norms: number; losses: number; scales: number } {
    const { tile } = this.#workspace.starts
    const { norms, losses, scales } = this.#shape!
    return { norms: tile + norms, losses: tile + losses, scales: tile + scales }
  }
}
