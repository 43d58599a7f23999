import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createMatrix,
  createRandom,
  InvalidInputError,
  InvalidOptionError,
  type Matrix,
  ModeOodError,
} from '@mode-ood/core'
import { openFeatureBank } from '@mode-ood/feature-bank'
import { bruteForce, testFeatureBank } from '@mode-ood/feature-bank/test'
import { afterAll, describe, expect, test } from 'vitest'
import { FakeMilvus, type Failure } from './fake-milvus.test.fixture.ts'
import { createMilvusBank } from './index.ts'

const root = mkdtempSync(join(tmpdir(), 'milvus-bank-'))
let count = 0
afterAll(() => rmSync(root, { recursive: true, force: true }))

const shared = await FakeMilvus.startForGood()
afterAll(() => shared.stop())
testFeatureBank(() => createMilvusBank({ address: shared.address, collection: `bank_${count++}` }), {
  name: 'milvus, its protocol',
  dimensions: [5],
  rows: 130,
  newDirectory: () => join(root, String(count++)),
})

const random = (rows: number, columns: number, seed: string) => {
  const { normal } = createRandom(seed)
  return createMatrix(rows, columns, Float32Array.from({ length: rows * columns }, normal))
}
const line = createMatrix(3, 2, Float32Array.of(0, 0, 3, 4, 6, 8))
const more = createMatrix(2, 2, Float32Array.of(9, 12, 12, 16))
const origin = createMatrix(1, 2)
const quick = { collection: 'bank', retries: 2, retryDelayMs: 1 }
/** Of vectors of 64 components, 100 fit into a message. */
const small = { ...quick, messageBytes: 25_600 }
const unreached: Failure = { kind: 'unreached', code: 14 }
const unanswered: Failure = { kind: 'unanswered', code: 14 }

describe('what is sent', () => {
  test('large batches come in messages of the given size, in order', async () => {
    const fake = await FakeMilvus.start()
    const bank = await createMilvusBank({ ...small, address: fake.address })
    await bank.add(random(250, 64, 'large'), new Int32Array(250))
    const messages = fake.received.filter(({ method }) => method === 'Insert')
    expect(messages).toHaveLength(3)
    // Beside the vectors, four integers a row.
    expect(Math.max(...messages.map(({ bytes }) => bytes))).toBeLessThan(25_600 + 100 * 4 * 9 + 1000)
    const positions = fake.collections.get('bank')!.rows.map(({ position }) => position)
    expect(positions).toEqual(Array.from({ length: 250 }, (_, i) => i))
    await bank.close()
  })

  test('the index is FLAT with L2', async () => {
    const fake = await FakeMilvus.start()
    const bank = await createMilvusBank({ ...quick, address: fake.address })
    await bank.add(line)
    const index = Object.fromEntries(fake.collections.get('bank')!.index.map(({ key, value }) => [key, value]))
    expect([index['index_type'], index['metric_type'], fake.collections.get('bank')!.loaded]).toEqual([
      'FLAT',
      'L2',
      true,
    ])
    await bank.close()
  })
})

describe('failures', () => {
  test('are tried again; what arrived but was not answered is not there twice', async () => {
    const fake = await FakeMilvus.start()
    const bank = await createMilvusBank({ ...quick, address: fake.address })
    await bank.add(line)
    fake.fail('Insert', unanswered)
    fake.fail('Upsert', unreached)
    await bank.add(more)
    expect([fake.count('Insert'), fake.count('Upsert')]).toEqual([2, 2])
    fake.fail('Search', unreached, { kind: 'refused', reason: 'not yet', retriable: true })
    expect([...(await bank.search(origin, 5)).indices]).toEqual([0, 1, 2, 3, 4])
    expect([bank.size, fake.collections.get('bank')!.rows.length]).toEqual([5, 5])
    await bank.close()
  })

  test('that stay are one sentence, and the same call works later', async () => {
    const fake = await FakeMilvus.start()
    const bank = await createMilvusBank({ ...quick, address: fake.address })
    await bank.add(line)
    fake.fail('Insert', unreached)
    fake.fail('Upsert', unreached, unreached)
    const failure: unknown = await bank.add(more).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ModeOodError)
    expect((failure as Error).message).toMatch(
      /^Milvus did not answer adding 2 vectors, the collection "bank" .*3 times\); the same call/,
    )
    expect(bank.size).toBe(3)
    await bank.add(more)
    expect([...(await bank.search(origin, 5)).indices]).toEqual([0, 1, 2, 3, 4])
    await bank.close()
  })

  test('that are no use trying again are not', async () => {
    const fake = await FakeMilvus.start()
    const bank = await createMilvusBank({ ...quick, address: fake.address })
    await bank.add(line)
    fake.fail('Insert', { kind: 'refused', reason: 'quota exceeded', retriable: false })
    await expect(bank.add(more)).rejects.toThrow(
      /^Milvus refused adding 2 vectors, the collection "bank": quota exceeded$/,
    )
    expect(fake.count('Insert')).toBe(2)
    await bank.close()
  })

  test('between the messages of one call leave nothing that counts', async () => {
    const fake = await FakeMilvus.start()
    const options = { ...small, address: fake.address }
    const bank = await createMilvusBank(options)
    const vectors = random(250, 64, 'many')
    await bank.add(slice(vectors, 5))
    fake.fail('Insert', undefined, { kind: 'refused', reason: 'out of memory', retriable: false })
    await expect(bank.add(vectors)).rejects.toThrow(/out of memory/)
    const held = fake.collections.get('bank')!
    expect([bank.size, held.rows.length]).toEqual([5, 105])
    const other = await createMilvusBank(options)
    expect(other.size).toBe(5)
    await expect(other.search(slice(vectors, 1), 6)).rejects.toThrow(/k is 6 but the bank holds 5 vectors/)
    const { indices } = await other.search(slice(vectors, 1), 5)
    expect(indices).toEqual(bruteForce(slice(vectors, 5), slice(vectors, 1), 5).indices)
    await other.add(slice(vectors, 1))
    expect(held.rows.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5])
    await Promise.all([bank.close(), other.close()])
  })

  test('a Milvus that is not there is one sentence', async () => {
    await expect(createMilvusBank({ ...quick, address: '127.0.0.1:1', timeoutMs: 500 })).rejects.toThrow(
      /^Milvus did not answer describing it, the collection "bank"/,
    )
  })
})

describe('exactness', () => {
  test('many equal neighbours need all vectors, and the first ones win', async () => {
    const fake = await FakeMilvus.start()
    const bank = await createMilvusBank({ ...quick, address: fake.address })
    await bank.add(createMatrix(500, 2, new Float32Array(1000).fill(3)))
    const { indices, distances } = await bank.search(origin, 4)
    expect([[...indices], [...distances]]).toEqual([
      [0, 1, 2, 3],
      [18, 18, 18, 18],
    ])
    await bank.close()
  })

  test('more neighbours than one answer holds', async () => {
    const fake = await FakeMilvus.start()
    const bank = await createMilvusBank({ ...small, address: fake.address })
    const vectors = random(250, 64, 'wide')
    await bank.add(vectors)
    const { indices } = await bank.search(slice(vectors, 2), 200)
    expect(indices).toEqual(bruteForce(vectors, slice(vectors, 2), 200).indices)
    await bank.close()
  })

  test('a collection that cannot be described is not taken for an empty one', async () => {
    const fake = await FakeMilvus.start()
    const bank = await createMilvusBank({ ...quick, address: fake.address })
    await bank.add(line)
    fake.fail('DescribeCollection', { kind: 'refused', reason: 'no permission', retriable: false })
    await expect(bank.search(origin, 1)).rejects.toThrow(/no permission/)
    await bank.close()
  })
})

describe('collections', () => {
  test('go on where an earlier bank stopped; labels are saved', async () => {
    const fake = await FakeMilvus.start()
    const options = { ...quick, address: fake.address }
    const first = await createMilvusBank(options)
    await first.add(line, Int32Array.of(-1, 8, 9))
    await first.close()
    const bank = await createMilvusBank(options)
    expect([bank.size, bank.dimension]).toEqual([3, 2])
    const directory = join(root, String(count++))
    await bank.save(directory)
    const opened = await openFeatureBank(directory)
    expect(await opened.search(origin, 3)).toEqual(await bank.search(origin, 3))
    await opened.close()
    await bank.close()
  })

  test('with an approximate index are refused', async () => {
    const fake = await FakeMilvus.start()
    const options = { ...quick, address: fake.address }
    const bank = await createMilvusBank(options)
    await bank.add(line)
    await bank.close()
    fake.collections.get('bank')!.index = [{ key: 'index_type', value: 'HNSW' }]
    const opening = createMilvusBank(options)
    await expect(opening).rejects.toThrow(InvalidInputError)
    await expect(opening).rejects.toThrow(/index HNSW .* exact search needs FLAT with L2/)
  })

  test.each(['', '1st', 'a b', 'x; drop', 'é', 'a'.repeat(256)])('may not be called %j', async (collection) => {
    await expect(createMilvusBank({ ...quick, address: '127.0.0.1:1', collection })).rejects.toThrow(InvalidOptionError)
  })
})

/** The first rows. */
function slice({ columns, data }: Matrix, rows: number): Matrix {
  return createMatrix(rows, columns, data.slice(0, rows * columns))
}
