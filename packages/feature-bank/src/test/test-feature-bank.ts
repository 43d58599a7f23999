import { createMatrix, InvalidInputError, type FeatureBank, type Matrix, type Neighbors } from '@mode-ood/core'
import { afterEach, describe, expect, test } from 'vitest'
import { bruteForce, distanceBetween } from './brute-force.ts'
import { createVectorSets, type VectorSet } from './vector-sets.ts'

export interface TestFeatureBankSettings {
  /** What stands in the title of the block. */
  readonly name?: string
  /** Dimensions to try; 1, 2, 3, 17, 64 and 2048 unless given. */
  readonly dimensions?: readonly number[]
  /** Vectors in each bank; 300 unless given. */
  readonly rows?: number
  /** A directory that does not exist yet, for saving; without it saving is not tried. */
  readonly newDirectory?: () => string
}

/**
 * The contract every feature bank keeps, as a block of vitest tests: equal to a float64 brute force on vectors of every
 * kind, whatever the batches of adding and searching, and one sentence for every mistake. `create` makes an empty bank.
 *
 * @example testFeatureBank(() => createFeatureBank({ engine: 'plain' }))
 */
export function testFeatureBank(create: () => Promise<FeatureBank>, settings: TestFeatureBankSettings = {}): void {
  const { name = 'feature bank', dimensions = [1, 2, 3, 17, 64, 2048], rows = 300, newDirectory } = settings
  const open: FeatureBank[] = []
  const make = async (...parts: Matrix[]): Promise<FeatureBank> => {
    const bank = await create()
    open.push(bank)
    for (const part of parts) await bank.add(part)
    return bank
  }

  describe(`contract: ${name}`, () => {
    afterEach(async () => {
      for (const bank of open.splice(0)) await bank.close()
    })
    testResults(make, dimensions, rows)
    testBatches(make, rows)
    testMistakes(make)
    testLife(make)
    if (newDirectory) testSaving(make, rows, newDirectory)
  })
}

type Make = (...parts: Matrix[]) => Promise<FeatureBank>

function testResults(make: Make, dimensions: readonly number[], rows: number): void {
  describe.each(dimensions)('dimension %i', (dimension) => {
    test.each(createVectorSets(rows, 9, dimension))('$name', async ({ bank: vectors, queries }) => {
      const bank = await make(vectors)
      expect([bank.size, bank.dimension]).toEqual([rows, dimension])
      const all = bruteForce(vectors, queries, rows)
      for (const k of [1, 2, 10, rows - 1, rows]) {
        const found = await bank.search(queries, k)
        expectNearest(found, vectors, queries, k, all)
        const kth = await bank.kthDistance(queries, k)
        expect(kth).toEqual(Float64Array.from({ length: queries.rows }, (_, row) => found.distances[row * k + k - 1]!))
      }
    })
  })
}

function testBatches(make: Make, rows: number): void {
  test.each(createVectorSets(rows, 20, 8))('batches change nothing: $name', async ({ bank: vectors, queries }) => {
    const whole = await make(vectors)
    const pieces = await make(
      slice(vectors, 0, 1),
      slice(vectors, 1, 120),
      slice(vectors, 120, 120),
      slice(vectors, 120, rows),
    )
    const expected = await whole.search(queries, 7)
    expect(await pieces.search(queries, 7)).toEqual(expected)
    for (let row = 0; row < queries.rows; row++) {
      const { distances, indices } = await whole.search(slice(queries, row, row + 1), 7)
      expect(distances).toEqual(expected.distances.slice(row * 7, row * 7 + 7))
      expect(indices).toEqual(expected.indices.slice(row * 7, row * 7 + 7))
    }
  })

  test('searching between adds sees what was added before', async () => {
    const [{ bank: vectors, queries }] = createVectorSets(rows, 5, 6) as [VectorSet]
    const bank = await make()
    for (let from = 0; from < rows; from += 70) {
      const to = Math.min(rows, from + 70)
      await bank.add(slice(vectors, from, to))
      expectNearest(await bank.search(queries, 5), slice(vectors, 0, to), queries, 5)
    }
  })

  test('labels change nothing', async () => {
    const [, { bank: vectors, queries }] = createVectorSets(rows, 5, 6) as [VectorSet, VectorSet]
    const plain = await make(vectors)
    const labelled = await make()
    await labelled.add(
      vectors,
      Int32Array.from({ length: rows }, (_, i) => i % 7),
    )
    expect(await labelled.search(queries, 12)).toEqual(await plain.search(queries, 12))
  })

  test('calls made at once are answered in order', async () => {
    const [{ bank: vectors, queries }] = createVectorSets(rows, 5, 6) as [VectorSet]
    const bank = await make()
    const scratch = slice(vectors, 0, 100)
    const adding = bank.add(scratch)
    scratch.data.fill(7)
    const early = bank.search(queries, 100)
    const more = bank.add(slice(vectors, 100, rows))
    const late = bank.search(queries, 100)
    await Promise.all([adding, more])
    expectNearest(await early, slice(vectors, 0, 100), queries, 100)
    expectNearest(await late, vectors, queries, 100)
  })
}

function testMistakes(make: Make): void {
  const line = createMatrix(3, 2, new Float32Array([0, 0, 3, 4, 6, 8]))
  const two = createMatrix(2, 2)

  test('an empty bank cannot be searched', async () => {
    const bank = await make()
    expect([bank.size, bank.dimension]).toEqual([0, 0])
    await expectRefusal(bank.search(two, 1), /empty/)
    await bank.add(createMatrix(0, 2))
    expect([bank.size, bank.dimension]).toEqual([0, 0])
    await expectRefusal(bank.kthDistance(two, 1), /empty/)
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('k = %d', async (k) => {
    const bank = await make(line)
    await expectRefusal(bank.search(two, k), /k .*whole number/)
    await expectRefusal(bank.kthDistance(two, k), /k .*whole number/)
  })

  test('k beyond the bank', async () => {
    const bank = await make(line)
    await expectRefusal(bank.search(two, 4), /k is 4 but the bank holds 3 vectors/)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d among the values', async (value) => {
    const bank = await make(line)
    await expectRefusal(bank.add(holed(value)), /row 1 /)
    await expectRefusal(bank.search(holed(value), 1), /row 1 /)
    expect(bank.size).toBe(3)
  })

  test('other dimensions, misshapen matrices, too few labels', async () => {
    const bank = await make(line)
    await expectRefusal(bank.add(createMatrix(1, 3)), /dimension 3.*dimension 2/)
    await expectRefusal(bank.search(createMatrix(1, 1), 1), /dimension 1.*dimension 2/)
    await expectRefusal(bank.add({ rows: 2, columns: 2, data: new Float32Array(3) }), /3/)
    await expectRefusal(bank.add(two, new Int32Array(1)), /labels/)
    await expectRefusal((await make()).add(createMatrix(2, 0)), /dimension 0/)
    expect(bank.size).toBe(3)
  })

  test('a refused call leaves the bank as it was', async () => {
    const bank = await make(line)
    const calls = [bank.add(holed(Number.NaN)), bank.search(two, 99), bank.kthDistance(two, 2)]
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    expect(await bank.kthDistance(two, 2)).toEqual(new Float64Array([25, 25]))
  })
}

function testLife(make: Make): void {
  const line = createMatrix(3, 2, new Float32Array([0, 0, 3, 4, 6, 8]))

  test('no queries, no results', async () => {
    const bank = await make(line)
    const { distances, indices } = await bank.search(createMatrix(0, 2), 2)
    expect([distances.length, indices.length]).toEqual([0, 0])
    expect(await bank.kthDistance(createMatrix(0, 2), 2)).toEqual(new Float64Array())
  })

  test('close finishes what was asked and refuses what follows', async () => {
    const bank = await make(line)
    const last = bank.kthDistance(createMatrix(1, 2), 3)
    const closing = bank.close()
    await expect(bank.search(line, 1)).rejects.toThrow(/closed/)
    await expect(bank.add(line)).rejects.toThrow(/closed/)
    expect(await last).toEqual(new Float64Array([100]))
    await closing
    await bank.close()
    await expect(bank.kthDistance(line, 1)).rejects.toThrow(InvalidInputError)
  })
}

function testSaving(make: Make, rows: number, newDirectory: () => string): void {
  test.each(createVectorSets(rows, 5, 17))('saved and opened again: $name', async ({ bank: vectors, queries }) => {
    const bank = await make(vectors)
    const directory = newDirectory()
    await bank.save(directory)
    const opened = await bank.reopen(directory)
    try {
      expect([opened.size, opened.dimension]).toEqual([rows, 17])
      expect(await opened.search(queries, 12)).toEqual(await bank.search(queries, 12))
      await opened.add(queries)
      expect(opened.size).toBe(rows + 5)
      expect(bank.size).toBe(rows)
      await opened.save(directory)
      const again = await bank.reopen(directory)
      expect(await again.kthDistance(queries, 1)).toEqual(new Float64Array(5))
      await again.close()
    } finally {
      await opened.close()
    }
  })
}

/** A matrix whose row 1 ends in `value`. */
function holed(value: number): Matrix {
  return createMatrix(2, 2, new Float32Array([1, 2, 3, value]))
}

/** One sentence, of the right kind. */
async function expectRefusal(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await promise.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason as Error,
  )
  expect(error).toBeInstanceOf(InvalidInputError)
  expect(error.message).toMatch(message)
  expect(error.message).not.toContain('\n')
}

/** Distances are the brute force's to rounding, and every index is a vector at that distance; exact ties by index. */
function expectNearest(
  found: Neighbors,
  vectors: Matrix,
  queries: Matrix,
  k: number,
  all: Neighbors = bruteForce(vectors, queries, vectors.rows),
): void {
  const expected = nearestOf(all, queries.rows, k)
  expect(found.distances.length).toBe(queries.rows * k)
  expect(found.indices.length).toBe(queries.rows * k)
  const wrong: string[] = []
  for (let row = 0; row < queries.rows; row++) {
    for (let at = row * k; at < (row + 1) * k; at++) {
      const index = found.indices[at]!
      const distance = found.distances[at]!
      const place = `query ${row}, neighbour ${at - row * k}`
      if (!isClose(distance, expected.distances[at]!))
        wrong.push(`${place}: ${distance}, not ${expected.distances[at]}`)
      if (index !== expected.indices[at] && !isClose(distanceBetween(queries, row, vectors, index), distance)) {
        wrong.push(`${place}: vector ${index} is not at ${distance}`)
      }
      if (at > row * k) {
        const before = found.distances[at - 1]!
        const ascends = before < distance || (before === distance && found.indices[at - 1]! < index)
        if (!ascends) wrong.push(`${place} is out of order`)
      }
    }
  }
  expect(wrong.slice(0, 5)).toEqual([])
}

/** The first k of all neighbours of each query. */
function nearestOf({ distances, indices }: Neighbors, rows: number, k: number): Neighbors {
  const width = distances.length / rows
  const isNear = (_: number, at: number) => at % width < k
  return { distances: distances.filter(isNear), indices: indices.filter(isNear) }
}

function isClose(actual: number, expected: number): boolean {
  return Math.abs(actual - expected) <= 1e-12 * expected
}

function slice({ columns, data }: Matrix, from: number, to: number): Matrix {
  return createMatrix(to - from, columns, data.slice(from * columns, to * columns))
}
