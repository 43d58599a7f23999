import { createRandom, createMatrix, type Matrix } from '@mode-ood/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../engine.ts'
import { createPlainEngine } from '../plain-engine.ts'
import { VectorStore } from '../vector-store.ts'
import { createOnnxruntimeEngine } from './onnxruntime-engine.ts'

const dimension = 32
const plain = createPlainEngine()
let engine: Engine

afterEach(() => engine.close())

describe('createOnnxruntimeEngine', () => {
  it.each([1, 5, 511, 512, 1300])(
    'finds what a plain search finds, whether it divides the vectors or %d queries',
    async (rows) => {
      engine = createOnnxruntimeEngine({ threads: 2 })
      const store = storeOf(random(5000, 1))
      const queries = random(rows, 2)
      expect(await engine.search(store, { queries, k: 7, keep: 'all', sharing: 1 })).toEqual(
        await plain.search(store, { queries, k: 7, keep: 'all', sharing: 1 }),
      )
      expect(await engine.search(store, { queries, k: 7, keep: 'kth', sharing: 1 })).toEqual(
        await plain.search(store, { queries, k: 7, keep: 'kth', sharing: 1 }),
      )
    },
  )

  it.each([12, 1302])('finds the smallest k-th distance of every six of %d queries', async (rows) => {
    engine = createOnnxruntimeEngine({ threads: 2 })
    const store = storeOf(random(5000, 1))
    const queries = random(rows, 2)
    const found = await engine.search(store, { queries, k: 7, keep: 'kth', sharing: 6 })
    const expected = await plain.search(store, { queries, k: 7, keep: 'kth', sharing: 1 })
    expect(smallestOfSix(found.distances)).toEqual(smallestOfSix(expected.distances))
  })

  it.each([undefined, 0])(
    'finds k where one thread searches fewer vectors than k (copies of at most %s numbers)',
    async (mostCopied) => {
      engine = createOnnxruntimeEngine({ threads: 2, mostCopied })
      const vectors = random(4097, 1)
      const store = storeOf(vectors)
      const last = createMatrix(1, dimension, vectors.data.slice(4096 * dimension))
      expect(await engine.search(store, { queries: last, k: 10, keep: 'all', sharing: 1 })).toEqual(
        await plain.search(store, { queries: last, k: 10, keep: 'all', sharing: 1 }),
      )
      expect(await engine.search(store, { queries: last, k: 4097, keep: 'all', sharing: 1 })).toEqual(
        await plain.search(store, { queries: last, k: 4097, keep: 'all', sharing: 1 }),
      )
    },
  )

  it('divides the vectors once they are too many for copies', async () => {
    engine = createOnnxruntimeEngine({ threads: 2, mostCopied: 2 * 5000 * dimension })
    const store = storeOf(random(3000, 1))
    const search = { queries: random(600, 2), k: 5, keep: 'all', sharing: 1 } as const
    expect(await engine.search(store, search)).toEqual(await plain.search(store, search))
    for (const seed of [3, 4]) {
      store.append(random(3000, seed).data)
      expect(await engine.search(store, search)).toEqual(await plain.search(store, search))
    }
  })
})

function random(rows: number, seed: number): Matrix {
  const { normal } = createRandom(seed)
  return createMatrix(
    rows,
    dimension,
    Float32Array.from({ length: rows * dimension }, () => normal()),
  )
}

function storeOf({ columns, data }: Matrix): VectorStore {
  const store = new VectorStore(columns)
  store.append(data)
  return store
}

function smallestOfSix(distances: Float64Array): number[] {
  return Array.from({ length: distances.length / 6 }, (_, i) => Math.min(...distances.subarray(6 * i, 6 * i + 6)))
}
