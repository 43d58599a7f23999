// Every engine against a float64 brute force, over banks that are large enough for codes and groups.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createFeatureBank, openFeatureBank } from './index.ts'
import { bruteForce } from './test/brute-force.ts'
import { testFeatureBank } from './test/index.ts'
import { createVectorSets } from './test/vector-sets.ts'

const root = mkdtempSync(join(tmpdir(), 'mode-ood-'))
let directories = 0
const newDirectory = () => join(root, String(directories++))
afterAll(() => rmSync(root, { recursive: true }))

const dimensions = [1, 2, 3, 5, 16, 17, 64, 100, 333, 512, 1025, 2048]
const rows = 1100

for (const options of [
  { engine: 'plain' },
  { engine: 'wasm', precision: 'int8', threads: 0 },
  { engine: 'wasm', precision: 'float32', threads: 0 },
  { engine: 'wasm', threads: 3 },
  { engine: 'onnxruntime', precision: 'int8', threads: 2 },
  { engine: 'onnxruntime', precision: 'float32', threads: 1 },
  {},
] as const) {
  const name = JSON.stringify(options)
  testFeatureBank(() => createFeatureBank(options), { name, dimensions, rows, newDirectory })
}

describe.each([
  ['wasm', 'int8', 0],
  ['wasm', 'float32', 2],
  ['onnxruntime', 'int8', 2],
] as const)('from disk: %s, %s, %i threads', (engine, precision, threads) => {
  test.each(createVectorSets(rows, 40, 2048))('$name', async ({ bank: vectors, queries }) => {
    const directory = newDirectory()
    const writer = await createFeatureBank({ engine: 'plain' })
    await writer.add(vectors)
    await writer.save(directory)
    const bank = await openFeatureBank(directory, { engine, precision, threads, memoryBudget: 2 ** 22 })
    const { distances } = bruteForce(vectors, queries, rows)
    for (const k of [1, 10, rows]) {
      const found = await bank.search(queries, k)
      expect(found).toEqual(await writer.search(queries, k))
      for (let row = 0; row < queries.rows; row++) {
        const last = found.distances[row * k + k - 1]!
        const exact = distances[row * rows + k - 1]!
        expect(Math.abs(last - exact)).toBeLessThanOrEqual(1e-12 * exact)
      }
    }
    await bank.close()
    await writer.close()
  })
})
