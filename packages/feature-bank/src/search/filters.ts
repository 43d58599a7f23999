import type { Precision } from './segment.ts'
import { type NativeProduct, TileFilter } from './tile-filter.ts'

/** Queries from which native code can be worth the preparation of its operands. */
const worthNative = 128

/** How to come by native code: always to be used, or only where it is found to be faster. */
export interface NativeOffer {
  readonly open: () => Promise<NativeProduct>
  readonly measure: boolean
}

export interface ProductChoice {
  readonly name: 'onnxruntime' | 'WebAssembly'
  readonly reason: string
}

/** The filters of a thread, one a precision and kind of product. */
export class Filters {
  readonly #dimension: number
  readonly #offer: NativeOffer | undefined
  readonly #plain = new Map<Precision, TileFilter>()
  /** What multiplies many queries, once that was decided. */
  product: ProductChoice | undefined
  readonly #native = new Map<Precision, Promise<TileFilter>>()

  constructor(dimension: number, offer?: NativeOffer) {
    this.#dimension = dimension
    this.#offer = offer
  }

  /** The filter for so many queries. */
  filterFor(precision: Precision, queries: number): TileFilter | Promise<TileFilter> {
    const plain = this.#plain.get(precision) ?? new TileFilter(this.#dimension, precision)
    this.#plain.set(precision, plain)
    if (!this.#offer || (this.#offer.measure && queries < worthNative)) return plain
    const native = this.#native.get(precision) ?? this.#choose(plain, precision, this.#offer)
    this.#native.set(precision, native)
    return native
  }

  async #choose(plain: TileFilter, precision: Precision, { open, measure }: NativeOffer): Promise<TileFilter> {
    try {
      const native = new TileFilter(this.#dimension, precision, await open())
      if (!measure) return native
      const ratio = (await timeOf(native)) / (await timeOf(plain))
      const name = ratio < 1 ? 'onnxruntime' : 'WebAssembly'
      this.product = {
        name,
        reason: `a product of onnxruntime takes ${ratio.toFixed(2)} times as long as WebAssembly's`,
      }
      return ratio < 1 ? native : plain
    } catch (error) {
      if (!measure) throw error
      this.product = { name: 'WebAssembly', reason: `onnxruntime cannot be used: ${(error as Error).message}` }
      return plain
    }
  }
}

/** Milliseconds that a filter takes for a query and a full tile. */
async function timeOf(filter: TileFilter): Promise<number> {
  const places = Array.from({ length: Math.min(worthNative, filter.mostMultiplied) }, (_, place) => place)
  const times: number[] = []
  for (let run = 0; run < 4; run++) {
    const began = performance.now()
    filter.loadExample()
    await filter.multiply(places)
    times.push((performance.now() - began) / places.length)
  }
  return Math.min(...times)
}
