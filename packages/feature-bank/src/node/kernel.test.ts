import { describe, expect, test } from 'vitest'
import { compileKernel, kernelModule } from '../../scripts/compile-kernel.mjs'
import { readFileSync } from 'node:fs'
import { createRandom } from '@mode-ood/core'
import { squaredDistance } from '../squared-distance.ts'
import { groupsPerTile } from './group-maxima.ts'
import { createMaximaKernel } from './maxima-kernel.ts'
import { createVectorMemory } from './vector-memory.ts'

const random = createRandom('kernel')
const normals = (length: number) => Float32Array.from({ length }, random.normal)

test('the compiled kernel is that of its source', async () => {
  const committed = readFileSync(new URL('./generated/kernel.ts', import.meta.url), 'utf8')
  expect(committed).toBe(kernelModule(await compileKernel()))
})

test.each([1, 2, 3, 4, 7, 64, 513])('distances are those of plain search, bit for bit: dimension %i', (dimension) => {
  const memory = createVectorMemory(dimension)
  const queries = normals(3 * dimension)
  const vectors = normals(5 * dimension)
  memory.store(normals(dimension))
  const stored = memory.store(vectors)
  memory.setQueries(queries)
  for (const row of [0, 2]) {
    const expected = Array.from({ length: 5 }, (_, i) =>
      squaredDistance(queries, row * dimension, vectors, i * dimension, dimension),
    )
    expect([...memory.squaredDistances(row, stored, 0, 5, Number.POSITIVE_INFINITY).subarray(0, 5)]).toEqual(expected)
    expect([...memory.squaredDistances(row, stored, 3, 2, Number.POSITIVE_INFINITY).subarray(0, 2)]).toEqual(
      expected.slice(3),
    )
  }
})

test.each([1, 3, 4, 7, 64, 513])('only distances beyond the limit are left out: dimension %i', (dimension) => {
  for (const scale of [1, 1e-22, 1e18, 1e30]) {
    const memory = createVectorMemory(dimension)
    const queries = normals(dimension).map((value) => value * scale)
    const vectors = normals(16 * dimension).map((value) => value * scale)
    const stored = memory.store(vectors)
    memory.setQueries(queries)
    const expected = Array.from({ length: 16 }, (_, i) =>
      squaredDistance(queries, 0, vectors, i * dimension, dimension),
    )
    let left = 0
    for (const limit of [0, ...expected]) {
      for (const [i, distance] of memory.squaredDistances(0, stored, 0, 16, limit).entries()) {
        if (distance === expected[i]) continue
        left++
        expect([distance, expected[i]! > limit]).toEqual([Number.POSITIVE_INFINITY, true])
      }
    }
    // Denormal squares and sums beyond float32 may rule nothing out.
    expect(left).toBeGreaterThan(scale === 1 ? 100 : -1)
  }
})

describe('maxima', () => {
  const tiles = 3
  const kernel = createMaximaKernel()
  const row = 300
  const own: number[] = []
  for (let t = 0; t < tiles; t++) {
    const maxima = kernel.maxima(t)
    // Many ties.
    for (let i = 0; i < maxima.length; i++) maxima[i] = random.integer(40) - 20
    own.push(...maxima.subarray(row * groupsPerTile, (row + 1) * groupsPerTile))
  }
  const descending = own.toSorted((a, b) => b - a)

  test.each([1, 2, 10, 100, tiles * groupsPerTile])('the %i-th largest', (k) => {
    expect(kernel.kthLargest(row, tiles, k)).toBe(descending[k - 1])
  })

  test('fewer than k', () => {
    expect(kernel.kthLargest(row, tiles, tiles * groupsPerTile + 1)).toBe(Number.NEGATIVE_INFINITY)
  })

  test.each([-21, -3, 18, 19, 19.5])('at least %d', (needed) => {
    const groups = [...kernel.atLeast(row, tiles, needed)]
    expect(groups).toEqual(own.flatMap((value, i) => (value >= needed ? [i] : [])))
    expect(groups.map((group) => kernel.maximum(row, group))).toEqual(groups.map((group) => own[group]))
  })
})
