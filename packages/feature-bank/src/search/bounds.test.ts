import { describe, expect, test } from 'vitest'
import { createOnnxruntimeProduct } from '../node/onnxruntime-product.ts'
import { squaredDistance } from '../squared-distance.ts'
import { createVectorSets, type VectorSet } from '../test/vector-sets.ts'
import { VectorStore } from '../vector-store.ts'
import { buildSegment } from './build-segment.ts'
import { CoarseDistances } from './coarse-distances.ts'
import { GroupBounds } from './group-bounds.ts'
import { type Precision, type Segment, tileShape } from './segment.ts'
import { TileFilter } from './tile-filter.ts'

// Every bound is tried where it is tightest: at the very distance of every pair of query and vector.

const native = await createOnnxruntimeProduct((compute) => compute())

function prepare({ bank }: VectorSet, precision: Precision, narrow = false): Segment {
  const store = new VectorStore(bank.columns)
  store.append(bank.data)
  return buildSegment(store, 0, bank.rows, precision, narrow)
}

/** Exact distances of a query to all vectors. */
function distancesOf({ bank, queries }: VectorSet, row: number): Float64Array {
  return Float64Array.from({ length: bank.rows }, (_, i) =>
    squaredDistance(queries.data, row * bank.columns, bank.data, i * bank.columns, bank.columns),
  )
}

const kinds = [
  ['int8', 'wide', 'WebAssembly', undefined],
  ['int8', 'narrow', 'WebAssembly', undefined],
  ['float32', 'wide', 'WebAssembly', undefined],
  ['int8', 'wide', 'onnxruntime', native],
  ['int8', 'narrow', 'onnxruntime', native],
  ['float32', 'wide', 'onnxruntime', native],
] as const

describe.each([1, 3, 20, 300, 2048])('dimension %i', (dimension) => {
  const sets = createVectorSets(dimension === 2048 ? 40 : 150, 4, dimension)

  test.each(kinds)('no vector within the limit is ruled out: %s, %s, %s', async (precision, width, ...[, product]) => {
    const wrong: string[] = []
    let kept = 0
    let pairs = 0
    for (const set of sets) {
      const segment = prepare(set, precision, width === 'narrow')
      const filter = new TileFilter(dimension, segment, product)
      filter.setCenter(segment.centers)
      const encoded = Array.from({ length: set.queries.rows }, (_, row) =>
        filter.encodeQuery(row, set.queries.data.subarray(row * dimension, (row + 1) * dimension)),
      )
      for (const tile of segment.tiles) {
        const { bytes } = tileShape(tile.rows, dimension, precision)
        filter.load(tile, (segment.codes as Uint8Array).subarray(tile.offset, tile.offset + bytes))
        await filter.multiply([...encoded.keys()])
        const positions = segment.order.subarray(tile.first, tile.first + tile.rows)
        for (const [row, query] of encoded.entries()) {
          const all = distancesOf(set, row)
          const sorted = Float64Array.from(positions, (position) => all[position]!).sort()
          for (const [at, position] of positions.entries()) {
            const selected = filter.select(row, query, all[position]!)
            if (!selected.includes(at)) wrong.push(`${set.name}: query ${row} lost vector ${position}`)
            if (set.name === 'clustered') kept += selected.length
            const k = 1 + (at % tile.rows)
            const bound = filter.upperBound(row, query, k)
            if (!(bound >= sorted[k - 1]!)) wrong.push(`${set.name}: query ${row} has ${k} within ${bound}`)
          }
          if (set.name === 'clustered') pairs += positions.length ** 2
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
    // A filter that lets everything pass would be right as well: a vector is nearer than another in half of the pairs.
    // In one dimension unit vectors are 1 and -1, and all are neighbours.
    expect(kept / pairs).toBeLessThan(dimension === 1 ? 1.1 : precision === 'float32' ? 0.53 : 0.9)
  })

  test('centres are not farther than said, even from vectors that are centres themselves', () => {
    const wrong: string[] = []
    for (const set of sets) {
      const centers = set.bank.data.slice(0, 20 * dimension)
      const least = new CoarseDistances({ ...prepare(set, 'int8'), centers }).measure(set.bank.data).least
      for (let row = 0; row < set.bank.rows; row++) {
        for (let group = 0; group < 20; group++) {
          const exact = squaredDistance(set.bank.data, row * dimension, centers, group * dimension, dimension)
          const bound = least[row * 20 + group]! ** 2
          if (!(bound <= exact)) wrong.push(`${set.name}: vector ${row} from ${group}: ${bound} instead of ${exact}`)
          // And hardly nearer, where numbers are neither huge nor tiny.
          const isOrdinary = !/1e|float32|huge/.test(set.name)
          if (isOrdinary && !(bound > 0.99 * exact - 0.01)) wrong.push(`${set.name}: ${bound} instead of ${exact}`)
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
  })

  test('vectors lie between the radii of their tile', () => {
    const wrong: string[] = []
    for (const set of sets) {
      const segment = prepare(set, 'int8')
      for (const { group, first, rows, inner, outer } of segment.tiles) {
        for (const position of segment.order.subarray(first, first + rows)) {
          const exact = squaredDistance(
            set.bank.data,
            position * dimension,
            segment.centers,
            group * dimension,
            dimension,
          )
          if (!(inner ** 2 <= exact && exact <= outer ** 2)) wrong.push(`${set.name}: vector ${position}`)
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
  })
})

test.each([3, 20, 300])('no vector is nearer than its group is said to be, dimension %i', (dimension) => {
  const sets = createVectorSets(1600, 4, dimension).filter(({ name }) => !/float32/.test(name))
  const wrong: string[] = []
  let ruledOut = 0
  for (const set of sets) {
    const segment = prepare(set, 'int8')
    const bounds = new GroupBounds(segment)
    const { least } = bounds.measure(set.queries.data)
    for (let row = 0; row < set.queries.rows; row++) {
      const all = distancesOf(set, row)
      const tenth = all.toSorted()[9]!
      for (const { group, first, rows } of segment.tiles) {
        const bound = least[row * bounds.groups + group]! ** 2
        const nearest = Math.min(...Array.from(segment.order.subarray(first, first + rows), (at) => all[at]!))
        if (!(bound * (1 - 1e-9) <= nearest)) wrong.push(`${set.name}: ${bound} instead of ${nearest}`)
        if (bound > tenth) ruledOut++
      }
    }
  }
  expect(wrong.slice(0, 5)).toEqual([])
  expect(ruledOut).toBeGreaterThan(0)
})
