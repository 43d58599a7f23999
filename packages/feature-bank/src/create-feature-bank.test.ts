import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createMatrix,
  createRandom,
  InvalidFileError,
  InvalidOptionError,
  type Matrix,
  type Neighbors,
} from '@mode-ood/core'
import { temporaryDirectory } from '@mode-ood/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { createShard, type Shard } from './node/shard.ts'
import { createLimitMemory, openSharedLimits } from './node/shared-limits.ts'
import { testFeatureBank } from './test/index.ts'
import { createVectorSets } from './test/vector-sets.ts'
import { createFeatureBank } from './index.ts'

const root = mkdtempSync(join(tmpdir(), 'feature-bank-'))
let directories = 0
const newDirectory = () => join(root, String(directories++))
afterAll(() => rmSync(root, { recursive: true, force: true }))

testFeatureBank(() => createFeatureBank({ engine: 'plain' }), { name: 'plain engine', newDirectory })
testFeatureBank(() => createFeatureBank({ engine: 'onnxruntime', threads: 1 }), {
  name: 'onnxruntime engine',
  dimensions: [64],
})

const random = (rows: number, columns: number, seed: string) => {
  const { normal } = createRandom(seed)
  return createMatrix(rows, columns, Float32Array.from({ length: rows * columns }, normal))
}

async function searchShard(shard: Shard, queries: Matrix, k: number): Promise<Neighbors> {
  const distances = new Float64Array(queries.rows * k)
  const indices = new Int32Array(queries.rows * k)
  await shard.search({
    queries: queries.data,
    k,
    limits: openSharedLimits(createLimitMemory(queries.rows)),
    sharing: 1,
    take: (row, heap) => heap.drain(distances, indices, row * k),
  })
  return { distances, indices }
}

describe('engines', () => {
  test('give the same results bit for bit, whatever the threads', async () => {
    const vectors = random(20_000, 24, 'bank')
    const queries = random(70, 24, 'queries')
    const banks = [
      await createFeatureBank({ engine: 'plain' }),
      await createFeatureBank({ engine: 'onnxruntime', threads: 1 }),
      await createFeatureBank({ engine: 'onnxruntime', threads: 3 }),
      await createFeatureBank(),
    ]
    const results = []
    for (const bank of banks) {
      await bank.add(vectors)
      results.push(await bank.search(queries, 10))
    }
    for (const result of results.slice(1)) expect(result).toEqual(results[0])
    expect(banks.map((bank) => bank.stats().engine)).toEqual(['plain', 'onnxruntime', 'onnxruntime', 'onnxruntime'])
    for (const bank of banks) await bank.close()
  })

  test.each(['float32', 'int8'] as const)(
    '%s gives the same results bit for bit for vectors of every kind',
    async (precision) => {
      for (const dimension of [3, 70]) {
        for (const { name, bank: vectors, queries } of createVectorSets(300, 30, dimension)) {
          const plain = await createFeatureBank({ engine: 'plain' })
          await plain.add(vectors)
          // Without the thread around it, which takes longer to start than all searches.
          const shard = await createShard(dimension, precision, (compute) => compute())
          shard.add(vectors.data, 0)
          for (const k of [1, 8, 300]) {
            const found = await searchShard(shard, queries, k)
            expect(found, `${name}, dimension ${dimension}, k ${k}`).toEqual(await plain.search(queries, k))
          }
          await plain.close()
        }
      }
    },
  )

  test('banks of more tiles than are held at once', async () => {
    const vectors = random(70_000, 3, 'large')
    const queries = random(600, 3, 'queries')
    const results = []
    for (const options of [{ engine: 'plain' }, { engine: 'onnxruntime', precision: 'int8', threads: 1 }] as const) {
      const bank = await createFeatureBank(options)
      await bank.add(vectors)
      results.push(await bank.search(queries, 5))
      await bank.close()
    }
    expect(results[1]).toEqual(results[0])
  })

  test.each(['auto', 'float32', 'int8'] as const)(
    '%s finds the smallest k-th distance of every group',
    async (precision) => {
      const bank = await createFeatureBank({ engine: 'onnxruntime', precision, threads: 2 })
      await bank.add(random(9000, 40, 'bank'))
      const queries = random(1200, 40, 'queries')
      const distances = await bank.kthDistance(queries, 10)
      const expected = Float64Array.from({ length: 200 }, (_, i) => Math.min(...distances.subarray(6 * i, 6 * i + 6)))
      expect(await bank.smallestKthDistance(queries, 10, 6)).toEqual(expected)
      await expect(bank.smallestKthDistance(queries, 10, 7)).rejects.toThrow(
        '1200 queries do not divide into groups of 7',
      )
      await bank.close()
    },
  )

  test('auto searches small banks plainly', async () => {
    const bank = await createFeatureBank()
    await bank.add(random(10, 4, 'small'))
    await bank.search(random(1, 4, 'query'), 1)
    expect(bank.stats()).toEqual({ engine: 'plain' })
    await bank.close()
  })

  test('huge values, whose products overflow float32, are still exact', async () => {
    const bank = await createFeatureBank({ engine: 'onnxruntime', threads: 1 })
    await bank.add(createMatrix(3, 2, Float32Array.of(1e30, 0, 2e30, 0, -1e30, 0)))
    const { indices } = await bank.search(createMatrix(1, 2, Float32Array.of(1.8e30, 0)), 3)
    expect([...indices]).toEqual([1, 0, 2])
    await bank.close()
  })

  test('unknown engines and thread counts are refused', async () => {
    await expect(createFeatureBank({ engine: 'gpu' as never })).rejects.toThrow(InvalidOptionError)
    await expect(createFeatureBank({ precision: 'int4' as never })).rejects.toThrow('precision is "int4"')
    await expect(createFeatureBank({ threads: 0 })).rejects.toThrow('threads is 0')
  })
})

describe('files', () => {
  test('a bank opened again gives the same results on onnxruntime', async () => {
    const bank = await createFeatureBank({ engine: 'onnxruntime', threads: 2 })
    const queries = random(9, 17, 'queries')
    await bank.add(random(9000, 17, 'saved'))
    const directory = newDirectory()
    await bank.save(directory)
    const opened = await bank.reopen(directory)
    expect(opened.stats()).toEqual({ engine: 'onnxruntime' })
    expect(await opened.search(queries, 12)).toEqual(await bank.search(queries, 12))
    await opened.add(queries)
    expect(await opened.kthDistance(queries, 1)).toEqual(new Float64Array(9))
    await opened.close()
    await bank.close()
  })

  test('a bank cannot be saved where a file stands', async () => {
    const file = join(temporaryDirectory(), 'file')
    writeFileSync(file, '')
    const bank = await createFeatureBank()
    await expect(bank.save(file)).rejects.toThrow(InvalidFileError)
    await bank.close()
  })
})
