import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { serveRuns, type RunServer } from './index.ts'
import { listRuns } from './run-files.ts'
import { hostile, sharedDirectory, writeRun } from './run.test.fixture.ts'

// Counted, not replaced.
vi.mock(import('./run-files.ts'), async (load) => {
  const real = await load()
  return { ...real, listRuns: vi.fn(real.listRuns) }
})

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

/** A request whose path is sent as it is: fetch would tidy it up first. */
function ask(server: RunServer, path: string, options: { method?: string; headers?: object } = {}): Promise<Answer> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, ...options } as object, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode!, headers: response.headers, body })
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('the server', () => {
  const root = sharedDirectory()
  const directory = join(root, 'runs')
  const name = hostile.replaceAll('/', '_')
  writeRun(directory, 'one')
  writeRun(directory, name)
  mkdirSync(join(directory, 'empty'))
  writeFileSync(join(root, 'results.json'), 'secret')
  writeFileSync(join(directory, 'one/notes.txt'), 'secret')
  writeFileSync(join(directory, 'results.json'), 'secret')
  let server: RunServer
  beforeAll(async () => {
    server = await serveRuns({ directory, run: 'one' })
  })
  afterAll(() => server.close())

  test('listens on loopback, on a port that was free', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  })

  test('lists runs with their files, and serves each by its name', async () => {
    const { run, runs } = JSON.parse((await ask(server, '/runs.json')).body) as {
      run: string
      runs: { name: string; files: string[] }[]
    }
    expect([run, runs.map((entry) => entry.name).sort()]).toEqual(['one', [name, 'one'].sort()])
    expect(runs[0]!.files.toSorted()).toEqual(['results.json', 'scores.safetensors'])
    const { status, headers } = await ask(server, `/runs/${encodeURIComponent(name)}/results.json`)
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
  })

  test.each([
    '/runs/../results.json',
    '/runs/%2e%2e/results.json',
    '/runs/..%2f/results.json',
    '/runs/./results.json',
    '/runs/%2e/results.json',
    '/runs/%2f/results.json',
    '/runs/one%2f../results.json',
    '/runs/one/..%2f..%2fresults.json',
    '/runs/one/../../results.json',
    '/runs/one/notes.txt',
    '/runs/empty/results.json',
    '/runs/one/%00results.json',
    '/runs/%/results.json',
    '/etc/passwd',
    '//etc/passwd',
    '/runs/one/results.json/',
  ])('%s leads nowhere', async (path) => {
    const { status, body } = await ask(server, path)
    expect([status, body]).toEqual([404, 'there is no such file\n'])
  })

  test('a file is found without looking at the other runs', async () => {
    vi.mocked(listRuns).mockClear()
    expect((await ask(server, '/runs/one/results.json')).status).toBe(200)
    expect(listRuns).not.toHaveBeenCalled()
  })

  test('an unchanged file is not sent again', async () => {
    const first = await ask(server, '/runs/one/scores.safetensors')
    const again = await ask(server, '/runs/one/scores.safetensors', {
      headers: { 'If-None-Match': first.headers['etag'] },
    })
    expect([first.status, again.status, again.body]).toEqual([200, 304, ''])
    expect(first.headers['cache-control']).toBe('no-cache')
  })

  test('other methods, and other names for this machine, are refused', async () => {
    expect((await ask(server, '/', { method: 'POST' })).status).toBe(405)
    expect((await ask(server, '/', { headers: { Host: 'evil.example' } })).status).toBe(403)
    const head = await ask(server, '/runs/one/results.json', { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, ''])
  })

  test('every loopback address is kept from pages of other sites', async () => {
    const other = await serveRuns({ directory, run: 'one', host: '127.0.0.2' })
    try {
      const statusOf = async (host: string) => (await ask(other, '/', { headers: { Host: host } })).status
      expect(await statusOf(new URL(other.url).host)).toBe(200)
      expect(await statusOf('localhost:80')).toBe(200)
      expect(await statusOf('evil.example')).toBe(403)
      expect(await statusOf('127.evil.example')).toBe(403)
    } finally {
      await other.close()
    }
  })

  test('a port that is taken is told', async () => {
    const port = Number(new URL(server.url).port)
    await expect(serveRuns({ directory, run: 'one', port })).rejects.toThrow(
      /--port \d+ .* another program listens there/,
    )
  })
})
