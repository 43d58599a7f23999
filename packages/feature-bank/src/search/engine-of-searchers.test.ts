import { createMatrix, createRandom, type Matrix, type Neighbors } from '@mode-ood/core'
import { describe, expect, test, vi } from 'vitest'
import type { Search } from '../engine.ts'
import { createPlainEngine } from '../plain-engine.ts'
import { createVectorSets } from '../test/vector-sets.ts'
import { VectorStore } from '../vector-store.ts'
import { createEngineOfSearchers, type EngineOptions } from './engine-of-searchers.ts'
import { createLocalSearcher } from './local-searcher.ts'

const plain = createPlainEngine()

function createEngine(count: number, options: Partial<EngineOptions> = {}) {
  const searchers = Array.from({ length: count }, () => createLocalSearcher(() => undefined))
  return createEngineOfSearchers({ name: 'wasm', precision: 'auto', smallestSegment: 1, ...options, searchers })
}

function random(rows: number, columns: number, seed: number, scale: (row: number) => number = () => 1): Matrix {
  const { normal } = createRandom(seed)
  const value = (_: unknown, at: number) => scale(Math.floor(at / columns)) * normal()
  return createMatrix(rows, columns, Float32Array.from({ length: rows * columns }, value))
}

/** Vectors around a few centres, so that groups and tiles are left out. */
function clustered(rows: number, columns: number, seed: number): Matrix {
  const centers = random(9, columns, 99)
  const { data } = random(rows, columns, seed)
  const value = (noise: number, at: number) => {
    const row = Math.floor(at / columns)
    return 5 * centers.data[((row * 7) % 9) * columns + (at % columns)]! + noise
  }
  return createMatrix(rows, columns, data.map(value))
}

/** One large component of twelve, more than groups, and noise in all others: the large one sets the scale of 8-bit codes, the noise is lost. */
function spiked(rows: number, seed: number): Matrix {
  const { data } = random(rows, 400, seed)
  for (let row = 0; row < rows; row++) data[row * 400 + ((row * 7) % 12)] = 1000
  return createMatrix(rows, 400, data)
}

function storeOf(...parts: Matrix[]): VectorStore {
  const store = new VectorStore(parts[0]!.columns)
  for (const { data } of parts) store.append(data)
  return store
}

const all = (queries: Matrix, k: number): Search => ({ queries, k, keep: 'all', sharing: 1 })
const kth = (queries: Matrix, k: number, sharing = 1): Search => ({ queries, k, keep: 'kth', sharing })

describe.each([1, 3])('%i searchers', (count) => {
  test('find what a plain search finds, of few queries and of many', async () => {
    const store = storeOf(clustered(9000, 12, 1))
    const engine = createEngine(count)
    for (const rows of [1, 5, 100, 1300]) {
      const queries = clustered(rows, 12, 2)
      const expected = await plain.search(store, all(queries, 7))
      expect(await engine.search(store, all(queries, 7))).toEqual(expected)
      const found = await engine.search(store, kth(queries, 7))
      expect(found.distances).toEqual(expected.distances.filter((_, at) => at % 7 === 6))
    }
    const { last, segments } = engine.stats()
    expect(segments).toBe(1)
    // A good part was left out with whole tiles, and of the others few were compared exactly.
    expect(last!.filtered / last!.pairs).toBeLessThan(0.7)
    expect(last!.computed / last!.pairs).toBeLessThan(0.04)
  })

  test.each([12, 1302])('find the smallest k-th distance of every six of %i queries', async (rows) => {
    const store = storeOf(random(5000, 10, 1))
    const queries = random(rows, 10, 2)
    const engine = createEngine(count)
    const expected = await plain.search(store, kth(queries, 7))
    const found = await engine.search(store, kth(queries, 7, 6))
    expect(smallestOfSix(found)).toEqual(smallestOfSix(expected))
    const shared = engine.stats().last!
    await engine.search(store, kth(queries, 7))
    expect(shared.computed).toBeLessThan(engine.stats().last!.computed)
  })

  test('find what was added before, in segments or in none', async () => {
    const store = storeOf(clustered(10, 5, 1))
    const engine = createEngine(count, { smallestSegment: 100, precision: 'int8' })
    const queries = clustered(40, 5, 2)
    const counts = []
    for (const added of [0, 200, 250, 40, 60, 2, 500, 2000]) {
      store.append(clustered(added, 5, added).data)
      expect(await engine.search(store, all(queries, 9))).toEqual(await plain.search(store, all(queries, 9)))
      counts.push(engine.stats().segments)
    }
    expect(counts).toEqual([0, 1, 1, 1, 2, 2, 1, 1])
  })

  test('find k where one searches fewer vectors than k', async () => {
    const vectors = random(300, 3, 1)
    const store = storeOf(vectors)
    const engine = createEngine(count)
    for (const k of [200, 300]) {
      const search = all(createMatrix(1, 3, vectors.data.slice(-3)), k)
      expect(await engine.search(store, search)).toEqual(await plain.search(store, search))
    }
  })
})

test.each(createVectorSets(700, 8, 40))('every precision agrees with plain search bit for bit: $name', async (set) => {
  const store = storeOf(set.bank)
  for (const precision of ['int8', 'float32'] as const) {
    const engine = createEngine(1, { precision })
    for (const k of [1, 8, 699, 700]) {
      const found = await engine.search(store, all(set.queries, k))
      expect(found, `${precision}, k ${k}`).toEqual(await plain.search(store, all(set.queries, k)))
    }
    expect(engine.stats()).toMatchObject({ precision, segments: 1 })
  }
})

test('auto takes float32 where 8 bits rule out too little, and only there', async () => {
  for (const [make, precision] of [
    [spiked, 'float32'],
    [(rows: number, seed: number) => random(rows, 40, seed), 'int8'],
  ] as const) {
    const store = storeOf(make(2000, 1))
    const engine = createEngine(1)
    const queries = make(400, 2)
    for (let time = 0; time < 2; time++) {
      expect(await engine.search(store, all(queries, 3))).toEqual(await plain.search(store, all(queries, 3)))
    }
    expect(engine.stats().precision).toBe(precision)
  }
})

test.each([20, 3000])('a search of %i queries that fails leaves nothing under way', async (rows) => {
  const store = storeOf(random(500, 3, 1))
  const searchers = [createLocalSearcher(() => undefined), createLocalSearcher(() => undefined)]
  const engine = createEngineOfSearchers({ name: 'wasm', precision: 'int8', searchers })
  const [failing, slow] = [searchers[0]!, searchers[1]!]
  vi.spyOn(failing, 'search').mockRejectedValueOnce(new Error('no memory'))
  const { search } = slow
  let underWay = 0
  const spy = vi.spyOn(slow, 'search').mockImplementation(async (request) => {
    underWay++
    await new Promise((resolve) => setImmediate(resolve))
    const found = await search(request)
    underWay--
    return found
  })
  const wanted = all(random(rows, 3, 2), 2)
  await expect(engine.search(store, wanted)).rejects.toThrow('no memory')
  expect([underWay, spy.mock.calls.length]).toEqual([0, 1])
  expect(await engine.search(store, wanted)).toEqual(await plain.search(store, wanted))
})

test('groups are found once, whatever codes are then written', async () => {
  const store = storeOf(spiked(2000, 1))
  const searcher = createLocalSearcher(() => undefined)
  const build = vi.spyOn(searcher, 'build')
  const recode = vi.spyOn(searcher, 'recode')
  const engine = createEngineOfSearchers({
    name: 'wasm',
    precision: 'auto',
    smallestSegment: 1,
    searchers: [searcher],
  })
  for (const added of [0, 0, 500]) {
    if (added > 0) store.append(spiked(added, 3).data)
    const search = all(spiked(400, 2), 3)
    expect(await engine.search(store, search)).toEqual(await plain.search(store, search))
  }
  expect(engine.stats()).toMatchObject({ precision: 'float32', segments: 2 })
  const stretches = build.mock.calls.map(([{ from, rows }, precision]) => [from, rows, precision])
  expect(stretches).toEqual([
    [0, 2000, 'int8'],
    [2000, 500, 'float32'],
  ])
  expect(recode).toHaveBeenCalledTimes(1)
  const before = await build.mock.results[0]!.value
  const { tiles, centers, order, spans, basis } = await recode.mock.results[0]!.value
  expect({ centers, order, spans, basis }).toEqual({
    centers: before.centers,
    order: before.order,
    spans: before.spans,
    basis: before.basis,
  })
  expect(tiles.length).toBe(before.tiles.length)
})

test('onnxruntime multiplies where it is found faster, which the statistics tell', async () => {
  const { createOnnxruntimeProduct } = await import('../node/onnxruntime-product.ts')
  // Without groups, so that all queries are multiplied at once.
  const store = storeOf(random(2000, 40, 1))
  const queries = random(200, 40, 2)
  const expected = await plain.search(store, all(queries, 5))
  const open = () => createOnnxruntimeProduct((compute) => compute())
  const broken = () => Promise.reject(new Error('no such library'))
  for (const [offer, product] of [
    [{ open, measure: false }, undefined],
    [
      { open, measure: true },
      { name: expect.stringMatching(/^(onnxruntime|WebAssembly)$/), reason: expect.stringMatching(/times as long/) },
    ],
    [
      { open: broken, measure: true },
      { name: 'WebAssembly', reason: 'onnxruntime cannot be used: no such library' },
    ],
  ] as const) {
    const engine = createEngineOfSearchers({
      name: 'onnxruntime',
      precision: 'int8',
      smallestSegment: 1,
      searchers: [createLocalSearcher(() => undefined, offer)],
    })
    expect(await engine.search(store, all(queries, 5))).toEqual(expected)
    expect(engine.stats().product).toEqual(product)
  }
})

function smallestOfSix({ distances }: Neighbors): number[] {
  return Array.from({ length: distances.length / 6 }, (_, i) => Math.min(...distances.subarray(6 * i, 6 * i + 6)))
}
