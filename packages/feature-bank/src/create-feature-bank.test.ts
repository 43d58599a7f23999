import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMatrix, createRandom, InvalidFileError, InvalidOptionError } from '@mode-ood/core'
import { temporaryDirectory } from '@mode-ood/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { testFeatureBank } from './test/index.ts'
import { createFeatureBank } from './index.ts'

const root = mkdtempSync(join(tmpdir(), 'feature-bank-'))
let directories = 0
const newDirectory = () => join(root, String(directories++))
afterAll(() => rmSync(root, { recursive: true, force: true }))

// A part of exactness.acceptance.ts.
const dimensions = [1, 3, 17, 64]
testFeatureBank(() => createFeatureBank({ engine: 'plain' }), { name: 'plain engine', dimensions, newDirectory })
testFeatureBank(() => createFeatureBank({ engine: 'wasm', threads: 0 }), {
  name: 'wasm engine',
  dimensions: [...dimensions, 2048],
  newDirectory,
})
testFeatureBank(() => createFeatureBank({ engine: 'onnxruntime', threads: 2 }), {
  name: 'onnxruntime engine',
  dimensions: [64],
})

const random = (rows: number, columns: number, seed: string) => {
  const { normal } = createRandom(seed)
  return createMatrix(rows, columns, Float32Array.from({ length: rows * columns }, normal))
}

describe('engines', () => {
  test('give the same results bit for bit, whatever the threads', async () => {
    const vectors = random(20_000, 24, 'bank')
    const queries = random(70, 24, 'queries')
    const banks = [
      await createFeatureBank({ engine: 'plain' }),
      await createFeatureBank({ engine: 'wasm', threads: 0 }),
      await createFeatureBank({ engine: 'wasm', threads: 1 }),
      await createFeatureBank({ engine: 'onnxruntime', threads: 3 }),
      await createFeatureBank(),
    ]
    const results = []
    for (const bank of banks) {
      await bank.add(vectors)
      results.push(await bank.search(queries, 10))
    }
    for (const result of results.slice(1)) expect(result).toEqual(results[0])
    expect(banks.map((bank) => bank.stats().engine)).toEqual(['plain', 'wasm', 'wasm', 'onnxruntime', 'onnxruntime'])
    for (const bank of banks) await bank.close()
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

  test('auto searches small banks in the calling thread', async () => {
    const bank = await createFeatureBank()
    await bank.add(random(10, 4, 'small'))
    await bank.search(random(1, 4, 'query'), 1)
    expect(bank.stats()).toEqual({
      engine: 'wasm',
      precision: 'int8',
      segments: 0,
      last: { pairs: 10, filtered: 0, computed: 10, wasted: 0 },
    })
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
    await expect(createFeatureBank({ threads: -1 })).rejects.toThrow('threads is -1')
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
    expect(opened.stats().engine).toBe('onnxruntime')
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
