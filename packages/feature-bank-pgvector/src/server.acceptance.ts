// Needs a PostgreSQL with pgvector: PGVECTOR_URL=postgres://user:password@host:port/database npm run test:acceptance
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMatrix, createRandom, ModeOodError } from '@mode-ood/core'
import { bruteForce, testFeatureBank } from '@mode-ood/feature-bank/test'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createPgvectorBank } from './index.ts'

const url = process.env['PGVECTOR_URL']

describe.skipIf(!url)('a server (skipped unless PGVECTOR_URL says where)', () => {
  const schema = `mode_ood_test_${process.pid}`
  const root = mkdtempSync(join(tmpdir(), 'pgvector-bank-'))
  let count = 0
  beforeAll(() => run(`CREATE SCHEMA ${schema}`))
  afterAll(async () => {
    rmSync(root, { recursive: true, force: true })
    await run(`DROP SCHEMA ${schema} CASCADE`)
  })
  const place = (connection = url) => ({ connection, schema, table: `bank ${count++}` })

  testFeatureBank(() => createPgvectorBank(place()), {
    name: 'pgvector on a server',
    rows: 150,
    dimensions: [1, 17, 2048],
    newDirectory: () => join(root, String(count++)),
  })

  test('a client that is lent stays open', async () => {
    const client = new Client({ connectionString: url })
    await client.connect()
    const { table } = place()
    const bank = await createPgvectorBank({ client, schema, table })
    await bank.add(vectors(10, 3))
    await bank.close()
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await client.end()
  })

  test('several banks add to one table at the same time, and no position comes twice', async () => {
    const { table } = place()
    const banks = await Promise.all([1, 2, 3, 4].map(() => createPgvectorBank({ connection: url, schema, table })))
    await Promise.all(banks.flatMap((bank) => [bank.add(vectors(50, 8)), bank.add(vectors(30, 8))]))
    const [{ held, last }] = await run(`SELECT count(*)::int held, max(position) last FROM ${schema}."${table}"`)
    expect([held, last]).toEqual([320, 319])
    await Promise.all(banks.map((bank) => bank.close()))
  })

  test('a session that is ended in the middle leaves nothing, and the same call works again', async () => {
    const options = place()
    const bank = await createPgvectorBank(options)
    const first = vectors(100, 256)
    await bank.add(first)
    const more = vectors(20_000, 256, 'more')
    const outcome = bank.add(more).catch((error: unknown) => error)
    await untilActive('COPY')
    await run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%'")
    const failure = (await outcome) as Error
    expect(failure).toBeInstanceOf(ModeOodError)
    expect(failure.message).toMatch(/went away during adding 20000 vectors .*nothing was changed, and the same call/)
    expect(failure.message).not.toContain('\n')
    const counted = await run(`SELECT count(*)::int held FROM ${schema}."${options.table}"`)
    expect(counted).toEqual([{ held: 100 }])
    await bank.add(more)
    expect(bank.size).toBe(20_100)
    const { indices } = await bank.search(first, 1)
    expect([...indices]).toEqual(Array.from({ length: 100 }, (_, i) => i))
    await bank.close()
  })

  test('when the answer of a commit is lost, the server is asked: the call succeeds', async () => {
    const bank = await createPgvectorBank(place(await proxied('answer')))
    await bank.add(all)
    expect(bank.size).toBe(20)
    expect(await bank.search(all, 3)).toEqual(bruteForce(all, all, 3))
    await bank.close()
  })

  test('when a commit is lost before it arrives, the call fails and works when made again', async () => {
    const bank = await createPgvectorBank(place(await proxied('command')))
    await expect(bank.add(all)).rejects.toThrow(/nothing was changed/)
    expect(bank.size).toBe(0)
    await bank.add(all)
    expect(await bank.search(all, 3)).toEqual(bruteForce(all, all, 3))
    await bank.close()
  })
})

const all = vectors(20, 4)

/** The server's address through a proxy that cuts the line at the first commit of an `add`. */
async function proxied(lost: 'answer' | 'command'): Promise<string> {
  const { port, close } = await startProxy(lost)
  onTestFinished(close)
  const through = new URL(url!)
  through.host = `127.0.0.1:${port}`
  through.searchParams.set('sslmode', 'disable')
  return String(through)
}

function vectors(rows: number, columns: number, seed = 'vectors') {
  const random = createRandom(seed)
  return createMatrix(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, () => random.integer(1000)),
  )
}

async function run(statement: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(statement)
  await client.end()
  return rows
}

async function untilActive(command: string): Promise<void> {
  for (;;) {
    const [{ found }] = await run(
      `SELECT count(*)::int found FROM pg_stat_activity WHERE state = 'active' AND query LIKE '${command} %'`,
    )
    if (found > 0) return
  }
}

/** Stands between bank and server, and cuts the line once, around the COMMIT that follows the first COPY. */
async function startProxy(lost: 'answer' | 'command'): Promise<{ port: number; close: () => void }> {
  const target = new URL(url!)
  const sockets: Socket[] = []
  let copying = false
  let done = false
  const server = createServer((near) => {
    const far = connect(Number(target.port || 5432), target.hostname)
    sockets.push(near, far)
    let silent = false
    const cut = () => {
      near.destroy()
      far.destroy()
    }
    near.on('data', (data) => {
      const text = data.toString('latin1')
      copying ||= text.includes('COPY ')
      if (copying && !done && text.includes('COMMIT')) {
        done = true
        if (lost === 'command') return cut()
        silent = true
      }
      far.write(data)
    })
    far.on('data', (data) => (silent ? cut() : near.write(data)))
    for (const socket of [near, far]) socket.on('error', cut).on('close', cut)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: (server.address() as { port: number }).port, close }
}
