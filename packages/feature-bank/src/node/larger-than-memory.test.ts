import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMatrix, createRandom, type Matrix } from '@mode-ood/core'
import { temporaryDirectory } from '@mode-ood/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFeatureBank, openFeatureBank } from '../index.ts'

const dimension = 512
const mebibyte = 2 ** 20

/** Around a few centres. */
function clustered(rows: number, seed: number): Matrix {
  const centers = createRandom('centres')
  const places = Float32Array.from({ length: 9 * dimension }, () => centers.normal())
  const { uniform } = createRandom(seed)
  const value = (_: unknown, at: number) =>
    places[((Math.floor(at / dimension) * 7) % 9) * dimension + (at % dimension)]! + uniform()
  return createMatrix(rows, dimension, Float32Array.from({ length: rows * dimension }, value))
}

const vectors = clustered(8400, 1)
const few = clustered(3, 2)
const many = clustered(40, 3)

const preparedIn = (directory: string) => readdirSync(directory).filter((file) => file.startsWith('codes-'))
const root = mkdtempSync(join(tmpdir(), 'mode-ood-'))
const directories = { streamed: join(root, 'streamed'), kept: join(root, 'kept') }
let expected: Awaited<ReturnType<typeof searchBoth>>

async function searchBoth(bank: Awaited<ReturnType<typeof openFeatureBank>>) {
  return [await bank.search(few, 11), await bank.search(many, 2)]
}

beforeAll(async () => {
  const bank = await createFeatureBank({ engine: 'plain' })
  await bank.add(vectors)
  expected = await searchBoth(bank)
  for (const directory of Object.values(directories)) await bank.save(directory)
  await bank.close()
})

afterAll(() => rmSync(root, { recursive: true }))

describe('a bank larger than its memory', () => {
  test.each([
    ['neither vectors nor codes are', 4, 0],
    ['neither vectors nor codes are', 4, 2],
    ['codes are', 9, 2],
    ['all is', 200, 2],
  ])('finds the same where %s in memory: %i MiB, %i threads', async (_, budget, threads) => {
    const bank = await openFeatureBank(directories.streamed, { memoryBudget: budget * mebibyte, threads })
    expect(await searchBoth(bank)).toEqual(expected)
    await bank.close()
  })

  test.each([0, 2])('is searched again after its codes could not be read, %i threads', async (threads) => {
    const bank = await openFeatureBank(directories.streamed, { memoryBudget: 4 * mebibyte, threads })
    expect(await searchBoth(bank)).toEqual(expected)
    for (const file of preparedIn(directories.streamed)) truncateSync(join(directories.streamed, file), 100)
    await expect(bank.search(many, 2)).rejects.toThrow('ended while it was searched')
    expect(await searchBoth(bank)).toEqual(expected)
    await bank.close()
  })

  test('grows and is saved elsewhere', async () => {
    const bank = await openFeatureBank(directories.streamed, { memoryBudget: 4 * mebibyte, threads: 1 })
    await bank.add(few)
    const copy = join(temporaryDirectory(), 'copy')
    await bank.save(copy)
    expect([...(await bank.search(few, 1)).indices]).toEqual([8400, 8401, 8402])
    await bank.close()
    const opened = await openFeatureBank(copy, { engine: 'plain' })
    expect(opened.size).toBe(8403)
    expect((await opened.search(many, 2)).distances.slice(0, 2)).toEqual(expected[1]!.distances.slice(0, 2))
    await opened.close()
  })

  test('names a shard that is gone, and finds it again', async () => {
    const directory = directories.streamed
    for (const threads of [0, 1]) {
      const bank = await openFeatureBank(directory, { memoryBudget: 4 * mebibyte, threads })
      const shard = readdirSync(directory).find((file) => file.startsWith('vectors-'))
      renameSync(join(directory, shard!), join(directory, 'elsewhere'))
      await expect(bank.search(few, 11)).rejects.toThrow(`${shard}: cannot be read any more`)
      renameSync(join(directory, 'elsewhere'), join(directory, shard!))
      expect(await searchBoth(bank)).toEqual(expected)
      await bank.close()
    }
  })

  test('bad budgets', async () => {
    const open = (options: object) => openFeatureBank(directories.streamed, options)
    await expect(open({ memoryBudget: 1000 })).rejects.toThrow(/memoryBudget is 1000 and must be 4194304 bytes or more/)
    await expect(open({ memoryBudget: Number.NaN })).rejects.toThrow(/memoryBudget is NaN/)
    await expect(open({ memoryBudget: 2 ** 30, engine: 'plain' })).rejects.toThrow(/"plain" .*memoryBudget/)
  })
})

describe('prepared vectors beside the shards', () => {
  const open = async () => {
    const bank = await openFeatureBank(directories.kept, { threads: 1 })
    expect(await searchBoth(bank)).toEqual(expected)
    return bank
  }

  test('are written by the first search, and read by the next bank', async () => {
    await (await open()).close()
    const [file, ...others] = preparedIn(directories.kept)
    expect(others).toEqual([])
    const path = join(directories.kept, file!)
    const { ino } = statSync(path)
    await (await open()).close()
    expect([preparedIn(directories.kept), statSync(path).ino]).toEqual([[file], ino])
  })

  test.each<[string, (path: string) => void]>([
    ['torn', (path) => truncateSync(path, statSync(path).size - 1000)],
    ['changed', (path) => flip(path, statSync(path).size - 100)],
    ['of another shape', (path) => replaceText(path, '\\"rows\\":8400', '\\"rows\\":8300')],
    ['of other vectors', (path) => replaceText(path, '"key":"', '"key":"0')],
    ['foreign', (path) => writeFileSync(path, 'something else')],
    ['empty', (path) => truncateSync(path, 0)],
  ])('are built anew where they are %s', async (_, spoil) => {
    const [file] = preparedIn(directories.kept)
    const path = join(directories.kept, file!)
    const bytes = readFileSync(path)
    spoil(path)
    await (await open()).close()
    expect(preparedIn(directories.kept)).toEqual([file])
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  test('go with the vectors they were built from', async () => {
    const bank = await createFeatureBank({ threads: 0 })
    await bank.add(few)
    await bank.save(directories.kept)
    await bank.close()
    expect(preparedIn(directories.kept)).toEqual([])
  })
})

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at]! ^= 1
  writeFileSync(path, bytes)
}

/** Changes the header and keeps its length. */
function replaceText(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'latin1')
  const at = text.indexOf(from)
  expect(at).toBeGreaterThan(0)
  writeFileSync(path, text.slice(0, at) + to + text.slice(at + to.length), 'latin1')
}
