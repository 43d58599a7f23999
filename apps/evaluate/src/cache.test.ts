import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSafetensors } from '@mode-ood/safetensors'
import { temporaryDirectory } from '@mode-ood/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { run, smallConfiguration, smallEvaluation, writeModel } from './command.test.fixture.ts'
import { trimCache } from './trim-cache.ts'

const shared = smallEvaluation()

/** A copy of the small evaluation with a cache beside it, and a way to run it. */
function arrange(from?: string): Arranged {
  const directory = temporaryDirectory()
  if (from) cpSync(from, directory, { recursive: true })
  const [data, cache, output] = ['data', 'cache', 'out'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ]
  if (!from) cpSync(shared, data, { recursive: true })
  const config = join(directory, 'evaluate.json')
  writeFileSync(config, JSON.stringify(smallConfiguration(data)))
  const evaluate = async (...args: string[]) => {
    const given = ['--config', config, '--cache', cache, '--output', output, '--threads', '1', ...args]
    const { code, stderr } = await run(...given)
    if (code !== 0) return { code, stderr, fromCache: [], scores: [] }
    const fromCache = [...stderr.matchAll(/features of (\S+): .*from the cache/g)].map(([, set]) => set!)
    const { tensors } = readSafetensors(readFileSync(join(output, 'scores.safetensors')))
    return { code, stderr, fromCache, scores: [...tensors].map(([name, { data: scores }]) => [name, [...scores]]) }
  }
  return { directory, cache, evaluate }
}

interface Arranged {
  readonly directory: string
  readonly cache: string
  readonly evaluate: (...args: string[]) => Promise<Told>
}

interface Told {
  readonly code: number
  readonly stderr: string
  readonly fromCache: readonly string[]
  readonly scores: readonly unknown[]
}

const all = ['id.train', 'id.test', 'other']
const part = (entry: string) => join(entry, 'part-00000.safetensors')
const changeManifest = (entry: string, change: (text: string) => string) => {
  const manifest = join(entry, 'manifest.json')
  writeFileSync(manifest, change(readFileSync(manifest, 'utf8')))
}

describe('the cache of features', () => {
  let filled: { directory: string; first: Told } | undefined
  afterAll(() => filled && rmSync(filled.directory, { recursive: true, force: true }))

  /** A copy of an evaluation that has run once: what is cached goes by content, not by place. */
  const arrangeFilled = async (): Promise<Arranged & { first: Told }> => {
    if (!filled) {
      const { directory, evaluate } = arrange()
      const first = await evaluate()
      filled = { directory: mkdtempSync(join(tmpdir(), 'mode-ood-')), first }
      cpSync(directory, filled.directory, { recursive: true })
    }
    return { ...arrange(filled.directory), first: filled.first }
  }

  test.each<[string, (entry: string) => void]>([
    ['a truncated part', (entry) => truncateSync(part(entry), 100)],
    [
      'a part with a byte changed',
      (entry) => {
        const bytes = readFileSync(part(entry))
        bytes[bytes.length - 3]! ^= 1
        writeFileSync(part(entry), bytes)
      },
    ],
    ['a foreign part', (entry) => writeFileSync(part(entry), 'something else')],
    ['a missing part', (entry) => rmSync(part(entry))],
    ['a missing manifest', (entry) => rmSync(join(entry, 'manifest.json'))],
    ['a torn manifest', (entry) => truncateSync(join(entry, 'manifest.json'), 40)],
    [
      'a manifest of another form',
      (entry) => changeManifest(entry, (text) => text.replace('features 1', 'features 0')),
    ],
    [
      'a manifest of another count',
      (entry) => changeManifest(entry, (text) => text.replace('"count":32', '"count":31')),
    ],
    [
      'a manifest that points elsewhere',
      (entry) => changeManifest(entry, (text) => text.replace('part-00000', '../x')),
    ],
    ['an unknown output', (entry) => changeManifest(entry, (text) => text.replace('"logits"', '"logitz"'))],
    [
      'a file for an entry',
      (entry) => {
        rmSync(entry, { recursive: true })
        writeFileSync(entry, '')
      },
    ],
  ])('%s is computed anew, with the same numbers', async (_, damage) => {
    const { cache, evaluate, first } = await arrangeFilled()
    expect([first.code, first.fromCache]).toEqual([0, []])
    damage(join(cache, readdirSync(cache).sort()[0]!))
    const second = await evaluate()
    expect([second.code, second.fromCache.length, second.scores]).toEqual([0, 2, first.scores])
    expect((await evaluate()).fromCache).toEqual(all)
  })

  test('goes by content: data may move, but not change, and neither may the model', async () => {
    const { directory, evaluate } = arrange()
    await evaluate()
    const image = (name: string) => join(directory, 'data/other/class-0', name)
    renameSync(image('0.png'), image('00.png'))
    expect((await evaluate()).fromCache).toEqual(all)
    writeFileSync(image('00.png'), readFileSync(image('1.png')))
    expect((await evaluate()).fromCache).toEqual(['id.train', 'id.test'])
    writeModel(join(directory, 'data/tiny.onnx'), 0.25)
    expect((await evaluate()).fromCache).toEqual([])
    expect((await evaluate('--limit', '8')).fromCache).toEqual([])
    expect((await evaluate('--no-cache')).fromCache).toEqual([])
  })

  test('an image skipped once is no longer passed over in silence', async () => {
    const { directory, evaluate } = arrange()
    writeFileSync(join(directory, 'data/other/class-0/0.png'), 'no picture')
    expect((await evaluate('--skip-corrupt')).code).toBe(0)
    expect((await evaluate('--skip-corrupt')).fromCache).toEqual(all)
    expect(await evaluate()).toMatchObject({ code: 1, stderr: expect.stringContaining('class-0/0.png: is damaged') })
  })

  test('says where it is and what it takes', async () => {
    const { cache, evaluate } = arrange()
    expect((await evaluate()).stderr).toContain(`cache: ${cache} (0.00 of at most 10 GB)`)
    const old = new Date(Date.now() - 48 * 3_600_000)
    for (const entry of readdirSync(cache)) utimesSync(join(cache, entry, 'manifest.json'), old, old)
    const { stderr } = await evaluate('--cache-size', '0', '--limit', '4')
    expect(stderr).toContain('of at most 0 GB, 3 old entries removed)')
  })
})

describe('trimCache', () => {
  const hour = 3_600_000
  const name = (digit: number) => String(digit).repeat(40)

  /** Entries of 1000 bytes beside their manifest of 10, used 4, 3, 2 and 1 hours ago. */
  function entries(): string {
    const directory = temporaryDirectory()
    for (let i = 1; i <= 4; i++) {
      const entry = join(directory, name(i))
      mkdirSync(entry)
      writeFileSync(join(entry, 'part-00000.safetensors'), Buffer.alloc(1000))
      writeFileSync(join(entry, 'manifest.json'), Buffer.alloc(10))
      const used = new Date(Date.now() - (5 - i) * hour)
      utimesSync(join(entry, 'manifest.json'), used, used)
    }
    return directory
  }

  test.each([
    [5000, 0, [1, 2, 3, 4]],
    [4040, 0, [1, 2, 3, 4]],
    [4039, 1, [2, 3, 4]],
    [2020, 2, [3, 4]],
    [0, 4, []],
  ])('to %i bytes removes the %i longest unused', async (mostBytes, removed, left) => {
    const directory = entries()
    expect(await trimCache(directory, mostBytes, Date.now())).toEqual({ bytes: 1010 * left.length, removed })
    expect(readdirSync(directory)).toEqual(left.map(name))
  })

  test('leaves what may be in use, and what is no entry', async () => {
    const directory = entries()
    mkdirSync(join(directory, name(5)))
    writeFileSync(join(directory, 'notes.txt'), 'mine')
    expect(await trimCache(directory, 0, Date.now() - 2.5 * hour)).toEqual({ bytes: 2020, removed: 2 })
    expect(readdirSync(directory)).toEqual([name(3), name(4), name(5), 'notes.txt'])
  })

  test('of a folder that is not there', async () => {
    expect(await trimCache(join(temporaryDirectory(), 'none'), 0, 0)).toEqual({ bytes: 0, removed: 0 })
  })
})
