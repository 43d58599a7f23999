import type { CodeKind } from './segment.ts'
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

/** The filters of a thread, one a kind of code and of product. */
export class Filters {
  readonly #dimension: number
  readonly #offer: NativeOffer | undefined
  readonly #plain = new Map<string, TileFilter>()
  /** What multiplies many queries, once that was decided. */
  product: ProductChoice | undefined
  readonly #native = new Map<string, Promise<TileFilter>>()

  constructor(dimension: number, offer?: NativeOffer) {
    this.#dimension = dimension
    this.#offer = offer
  }

  /** The filter for so many queries. */
  filterFor({ precision, narrow }: CodeKind, queries: number): TileFilter | Promise<TileFilter> {
    const key = `${precision} ${narrow}`
    const plain = this.#plain.get(key) ?? new TileFilter(this.#dimension, { precision, narrow })
    this.#plain.set(key, plain)
    if (!this.#offer || (this.#offer.measure && queries < worthNative)) return plain
    const native = this.#native.get(key) ?? this.#choose(plain, { precision, narrow }, this.#offer)
    this.#native.set(key, native)
    return native
  }

  async #choose(plain: TileFilter, kind: CodeKind, { open, measure }: NativeOffer): Promise<TileFilter> {
    try {
      const native = new TileFilter(this.#dimension, kind, await open())
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
