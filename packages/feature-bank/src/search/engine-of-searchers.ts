import type { Neighbors } from '@mode-ood/core'
import type { Engine, EngineStats, Search } from '../engine.ts'
import { mergeNeighbors } from '../merge-neighbors.ts'
import type { VectorStore } from '../vector-store.ts'
import type { Found } from './bank-search.ts'
import { planSegments, type Stretch } from './plan-segments.ts'
import { type Counts, whole } from './search-state.ts'
import type { Searcher } from './searcher.ts'
import { serveAll } from './serve-all.ts'
import type { SegmentCache } from './segment-cache.ts'
import type { Precision, Segment } from './segment.ts'
import { createLimitMemory } from './shared-limits.ts'

/** Queries that a searcher needs to be worth going through the whole bank. */
const worthQueries = 8
/** Queries that a searcher is given at a time, and numbers it may hold of their neighbours. */
const mostQueries = 1024
const mostHeld = 2 ** 22

export interface EngineOptions {
  readonly name: Engine['name']
  readonly searchers: readonly Searcher[]
  readonly precision: 'auto' | Precision
  /** Vectors from which a segment is made. */
  readonly smallestSegment?: number | undefined
}

/**
 * An engine of several searchers that share all memory. Many queries are divided among them; of a few queries, each searcher
 * compares all with a part of the bank, and what one finds limits the others.
 */
export function createEngineOfSearchers(options: EngineOptions): Engine {
  const { name, searchers, precision: wanted, smallestSegment } = options
  let precision: Precision = wanted === 'auto' ? 'int8' : wanted
  let segments: Segment[] = []
  let blocks = 0
  let last: EngineStats['last']
  let product: EngineStats['product']

  const prepare = async (store: VectorStore): Promise<void> => {
    const { size, dimension } = store
    for (; blocks < store.blocks.length; blocks++) {
      for (const searcher of searchers) searcher.addBlock(dimension, store.blocks[blocks]!)
    }
    const { cache } = store
    const isCurrent = segments.every((segment) => segment.precision === precision)
    if (!isCurrent) {
      const recode = (searcher: Searcher, place: number) => searcher.recode(segments[place]!, precision)
      segments = await prepareAll(searchers, segments, precision, cache, recode)
    }
    const { kept, build } = planSegments(
      segments,
      size,
      dimension,
      searchers.length,
      smallestSegment,
      cache?.mostNumbers,
    )
    if (build.length === 0 && isCurrent) return
    const make = (searcher: Searcher, place: number) => searcher.build(build[place]!, precision)
    segments = [...segments.slice(0, kept), ...(await prepareAll(searchers, build, precision, cache, make))]
    for (const searcher of searchers) searcher.setSegments(segments)
  }

  return {
    name,
    async search(store, search) {
      await prepare(store)
      const byQueries = search.queries.rows >= searchers.length * worthQueries
      const searching = (byQueries ? searchByQueries : searchByParts)(searchers, store.size, search)
      const found = await searching.catch((error: unknown) => {
        // Files of codes may be gone or torn: the next search looks at all of them, and prepares anew what is.
        if (store.cache) {
          segments = []
          for (const searcher of searchers) searcher.setSegments(segments)
        }
        throw error
      })
      const { neighbors, counts, product: used } = found
      last = { ...counts, pairs: search.queries.rows * store.size }
      product = used ?? product
      // Codes as large as the vectors would gain nothing where those do not fit the memory.
      if (wanted === 'auto' && precision === 'int8' && !store.cache?.mostNumbers && isWasteful(counts)) {
        precision = 'float32'
      }
      return neighbors
    },
    stats: () => ({ precision, segments: segments.length, ...(product ? { product } : {}), ...(last ? { last } : {}) }),
    async close() {
      await Promise.all(searchers.map((searcher) => searcher.close()))
    },
  }
}

/** Makes segments of stretches, or finds them kept; whichever searcher is free takes the next. */
async function prepareAll(
  searchers: readonly Searcher[],
  stretches: readonly Stretch[],
  precision: Precision,
  cache: SegmentCache | undefined,
  make: (searcher: Searcher, place: number) => Promise<Segment>,
): Promise<Segment[]> {
  const built: Segment[] = []
  let next = 0
  await serveAll(searchers, async (searcher) => {
    if (next >= stretches.length) return false
    const place = next++
    const kept = await cache?.load(stretches[place]!, precision)
    if (kept) built[place] = kept
    else {
      const segment = await make(searcher, place)
      built[place] = cache ? await cache.store(segment) : segment
    }
    return true
  })
  return built
}

/** From this share of vectors that 8 bits cannot rule out though they are no neighbours, float32 is faster. */
const tooWasteful = 0.05
/** Pairs from which the share means something. */
const enoughPairs = 2 ** 16

function isWasteful({ filtered, wasted }: Counts): boolean {
  return filtered >= enoughPairs && wasted > tooWasteful * filtered
}

async function searchByParts(searchers: readonly Searcher[], size: number, search: Search): Promise<Found> {
  const { queries, k, keep, sharing } = search
  const limits = createLimitMemory(Math.ceil(queries.rows / sharing))
  const request = { queries: queries.data, k, keep: 'all', limits, sharing, size } as const
  const found: Found[] = []
  await serveAll(searchers, async (searcher, index) => {
    found[index] = await searcher.search({ ...request, part: { index, of: searchers.length } })
    return false
  })
  const parts = found.map(({ neighbors }) => neighbors)
  return { ...summary(found), neighbors: mergeNeighbors(parts, queries.rows, k, keep) }
}

/** Whichever searcher is free takes the next queries. */
async function searchByQueries(searchers: readonly Searcher[], size: number, search: Search): Promise<Found> {
  const { queries, k, keep, sharing } = search
  const { rows, columns } = queries
  const width = keep === 'all' ? k : 1
  const neighbors: Neighbors = { distances: new Float64Array(rows * width), indices: new Int32Array(rows * width) }
  const step = rowsAtOnce(rows, searchers.length, k, sharing)
  const all: Found[] = []
  let next = 0
  await serveAll(searchers, async (searcher) => {
    if (next >= rows) return false
    const from = next
    const to = Math.min(rows, from + step)
    next = to
    const limits = createLimitMemory(Math.ceil((to - from) / sharing))
    const part = queries.data.slice(from * columns, to * columns)
    const found = await searcher.search({ queries: part, k, keep, limits, sharing, part: whole, size })
    neighbors.distances.set(found.neighbors.distances, from * width)
    neighbors.indices.set(found.neighbors.indices, from * width)
    all.push(found)
    return true
  })
  return { ...summary(all), neighbors }
}

/** As many for every searcher, and no two queries that share a limit apart. */
function rowsAtOnce(rows: number, searchers: number, k: number, sharing: number): number {
  const most = Math.max(1, Math.min(mostQueries, Math.floor(mostHeld / k)))
  const turns = Math.ceil(rows / (searchers * most))
  return Math.ceil(rows / (searchers * turns) / sharing) * sharing
}

function summary(all: readonly Found[]): Omit<Found, 'neighbors'> {
  const counts = { filtered: 0, computed: 0, wasted: 0 }
  let product: Found['product']
  for (const found of all) {
    counts.filtered += found.counts.filtered
    counts.computed += found.counts.computed
    counts.wasted += found.counts.wasted
    product ??= found.product
  }
  return { counts, ...(product ? { product } : {}) }
}
