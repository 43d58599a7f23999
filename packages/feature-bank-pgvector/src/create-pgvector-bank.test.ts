import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { createMatrix, createRandom, InvalidInputError, InvalidOptionError, ModeOodError } from '@mode-ood/core'
import { openFeatureBank } from '@mode-ood/feature-bank'
import { bruteForce, testFeatureBank } from '@mode-ood/feature-bank/test'
import { temporaryDirectory } from '@mode-ood/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { createPgvectorBank } from './index.ts'

const client = await PGlite.create({ extensions: { vector } })
const root = mkdtempSync(join(tmpdir(), 'pgvector-bank-'))
let count = 0
const nextTable = () => `bank ${count++}`
afterAll(async () => {
  await client.close()
  rmSync(root, { recursive: true, force: true })
})

testFeatureBank(() => createPgvectorBank({ client, table: nextTable() }), {
  name: 'pgvector on PGlite',
  dimensions: [5],
  rows: 130,
  newDirectory: () => join(root, String(count++)),
})

const random = (rows: number, columns: number, seed: string) => {
  const { normal } = createRandom(seed)
  return createMatrix(rows, columns, Float32Array.from({ length: rows * columns }, normal))
}
const line = createMatrix(3, 2, Float32Array.of(0, 0, 3, 4, 6, 8))

describe('exactness', () => {
  test('neighbours that float32 puts in the wrong order come in the right one', async () => {
    // Distances near 1e8 that differ by less than float32 can tell: the farther vectors come first.
    const rows = 40
    const vectors = createMatrix(
      rows,
      2,
      Float32Array.from({ length: 2 * rows }, (_, at) => (at % 2 === 0 ? 1e4 : (rows - (at >> 1)) / 64)),
    )
    const query = createMatrix(1, 2)
    const bank = await createPgvectorBank({ client, table: nextTable() })
    await bank.add(vectors)
    const expected = bruteForce(vectors, query, 3)
    expect([...expected.indices]).toEqual([39, 38, 37])
    expect(await bank.search(query, 3)).toEqual(expected)
  })

  test("somebody's approximate index is not used", async () => {
    const table = nextTable()
    const vectors = random(2000, 16, 'indexed')
    const queries = random(5, 16, 'queries')
    const bank = await createPgvectorBank({ client, table })
    await bank.add(vectors)
    await client.query(`CREATE INDEX ON "${table}" USING hnsw (vector vector_l2_ops) WITH (m = 2, ef_construction = 4)`)
    const { indices } = await bank.search(queries, 60)
    expect(indices).toEqual(bruteForce(vectors, queries, 60).indices)
  })

  test('vectors longer than an index of pgvector takes, and longer than pgvector takes', async () => {
    const vectors = random(12, 16_000, 'long')
    const bank = await createPgvectorBank({ client, table: nextTable() })
    await bank.add(vectors)
    const { indices } = await bank.search(vectors, 2)
    expect(indices).toEqual(bruteForce(vectors, vectors, 2).indices)
    const other = await createPgvectorBank({ client, table: nextTable() })
    await expect(other.add(createMatrix(1, 16_001))).rejects.toThrow(
      /dimension 16001, but pgvector takes at most 16000/,
    )
    expect(other.size).toBe(0)
  })
})

describe('tables', () => {
  test.each(['features', 'Features of "x"; DROP TABLE victims; --', "o'clock", 'Größe 特徴', '$1'])(
    'may be called %s',
    async (table) => {
      await client.query('CREATE TABLE IF NOT EXISTS victims (a int)')
      const bank = await createPgvectorBank({ client, table })
      await bank.add(line)
      expect([...(await bank.kthDistance(createMatrix(1, 2), 3))]).toEqual([100])
      const { rows } = await client.query('SELECT count(*) AS held FROM pg_class WHERE relname = $1', [table])
      expect(rows).toEqual([{ held: 1 }])
      await client.query('SELECT * FROM victims')
    },
  )

  test.each([
    ['', /table must be the name of a table/],
    ['a\0b', /table must be the name/],
    ['é'.repeat(32), /64 bytes and may have 63/],
  ])('may not be called %j', async (table, message) => {
    const failure: unknown = await createPgvectorBank({ client, table }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(InvalidOptionError)
    expect((failure as Error).message).toMatch(message)
  })

  test('go on where an earlier bank stopped; others adding at the same time are seen', async () => {
    const place = { client, table: nextTable() }
    const first = await createPgvectorBank(place)
    await first.add(line, Int32Array.of(7, 8, 9))
    await first.close()
    const [a, b] = [await createPgvectorBank(place), await createPgvectorBank(place)]
    expect([a.size, a.dimension]).toEqual([3, 2])
    await a.add(createMatrix(1, 2, Float32Array.of(9, 12)))
    await b.add(createMatrix(1, 2, Float32Array.of(12, 16)))
    expect([...(await a.search(createMatrix(1, 2), 5)).indices]).toEqual([0, 1, 2, 3, 4])
    await expect(b.add(createMatrix(1, 3))).rejects.toThrow(/dimension 3.*dimension 2/)
  })

  test('of another shape are refused and left alone', async () => {
    await client.query('CREATE TABLE IF NOT EXISTS people (id int, name text)')
    const opening = createPgvectorBank({ client, table: 'people' })
    await expect(opening).rejects.toThrow(InvalidInputError)
    await expect(opening).rejects.toThrow(/"people" is no feature bank: its columns are id int4, name text/)
  })

  test('hold the labels, which are saved where every vector has one', async () => {
    const table = nextTable()
    const bank = await createPgvectorBank({ client, table })
    await bank.add(line, Int32Array.of(-1, 8, 9))
    const { rows } = await client.query(`SELECT label FROM "${table}" ORDER BY position`)
    expect(rows).toEqual([{ label: -1 }, { label: 8 }, { label: 9 }])
    const directory = join(temporaryDirectory(), 'bank')
    await bank.save(directory)
    const opened = await openFeatureBank(directory)
    expect(await opened.search(line, 3)).toEqual(await bank.search(line, 3))
    await opened.close()
  })
})

describe('what PostgreSQL refuses', () => {
  test('is one sentence, changes nothing, and works when it is repaired', async () => {
    const table = nextTable()
    const bank = await createPgvectorBank({ client, table })
    await bank.add(line)
    // A rule that the second of three rows breaks: nothing of the three may stay.
    await client.query(`ALTER TABLE "${table}" ADD CONSTRAINT no_four CHECK (position <> 4)`)
    const failure: unknown = await bank.add(line).catch((error: unknown) => error)
    expect((failure as Error).message).toMatch(
      /^the given client refused adding 3 vectors to .*no_four.*nothing was changed$/,
    )
    expect([bank.size, await held(table)]).toEqual([3, 3])
    await client.query(`ALTER TABLE "${table}" DROP CONSTRAINT no_four`)
    await bank.add(line)
    expect([bank.size, await held(table)]).toEqual([6, 6])
  })

  test('a search for more vectors than somebody left is refused, one for fewer finds them', async () => {
    const bank = await createPgvectorBank({ client, table: 'holed' })
    await bank.add(random(10, 2, 'holed'))
    await client.query('DELETE FROM holed WHERE position IN (0, 2, 4, 6, 8)')
    const search = bank.search(createMatrix(1, 2), 8)
    await expect(search).rejects.toThrow(ModeOodError)
    await expect(search).rejects.toThrow('k is 8 but the table "holed" holds 5 vectors: somebody deleted the others')
    const { indices } = await bank.search(createMatrix(1, 2), 5)
    expect([...indices].sort()).toEqual([1, 3, 5, 7, 9])
  })

  test('vectors that somebody deleted are missed by a save', async () => {
    const table = nextTable()
    const bank = await createPgvectorBank({ client, table })
    await bank.add(line)
    await client.query(`DELETE FROM "${table}" WHERE position = 1`)
    await expect(bank.save(join(root, 'holed'))).rejects.toThrow(/lacks 1 of the vectors 0 to 2/)
  })
})

test('banks that name a table with its schema and without wait for each other', async () => {
  const locks = new Set<unknown>()
  let adds = 0
  const watched = watch(async (text) => {
    if (!text.startsWith('COPY ')) return
    adds++
    const { rows } = await client.query("SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory'")
    locks.add(JSON.stringify(rows))
  })
  // Before the table is there, and after, in a schema that is not the first of the search path.
  for (const schema of [undefined, 'public']) {
    await client.query('DROP TABLE IF EXISTS named')
    for (const other of [schema, undefined, 'public']) {
      const bank = await createPgvectorBank({ client: watched, table: 'named', schema: other })
      await bank.add(line)
    }
  }
  await client.exec('CREATE SCHEMA first; SET search_path TO first, public')
  try {
    const bank = await createPgvectorBank({ client: watched, table: 'named' })
    await bank.add(line)
    expect(bank.size).toBe(12)
  } finally {
    await client.exec('SET search_path TO public; DROP SCHEMA first')
  }
  expect([adds, locks.size]).toEqual([7, 1])
  expect(JSON.parse([...locks][0] as string)).toHaveLength(1)
})

test('a standby, where nothing can be written, is searched', async () => {
  const bank = await createPgvectorBank({ client, table: 'replicated' })
  await bank.add(line)
  const standby = watch(async (text) => {
    const refusal = { code: '25006', severity: 'ERROR' }
    if (!text.includes('READ WRITE')) return
    throw Object.assign(new Error('cannot set transaction read-write mode during recovery'), refusal)
  })
  const replica = await createPgvectorBank({ client: standby, table: 'replicated' })
  expect(await replica.search(line, 2)).toEqual(await bank.search(line, 2))
  await expect(replica.add(line)).rejects.toThrow(/refused adding 3 vectors .*during recovery; nothing was changed/)
})

test('options must name one database', async () => {
  await expect(createPgvectorBank({ table: 'x' })).rejects.toThrow(/exactly one of the options connection and client/)
  await expect(createPgvectorBank({ table: 'x', client: { query: client.query } as never })).rejects.toThrow(
    /neither a Client of pg nor a PGlite/,
  )
})

test('a server that is not there is one sentence', async () => {
  const opening = createPgvectorBank({ connection: 'postgres://me:secret@127.0.0.1:1/features', table: 'x' })
  await expect(opening).rejects.toThrow(
    /"features" at 127.0.0.1:1 went away .*ECONNREFUSED.*made again when it is back$/,
  )
  await expect(opening).rejects.not.toThrow(/secret/)
})

/** The database behind a client that tells what it is asked before it asks. */
function watch(tell: (text: string) => Promise<void>): PGlite {
  const query: PGlite['query'] = async (text, ...others) => {
    await tell(text)
    return client.query(text, ...others)
  }
  return Object.assign(Object.create(client) as PGlite, { query })
}

async function held(table: string): Promise<number> {
  const { rows } = await client.query<{ held: number }>(`SELECT count(*)::int AS held FROM "${table}"`)
  return rows[0]!.held
}
