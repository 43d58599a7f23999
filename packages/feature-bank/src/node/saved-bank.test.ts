import { execFileSync, spawn } from 'node:child_process'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMatrix, InvalidFileError, type Matrix } from '@mode-ood/core'
import { readSafetensorsFile } from '@mode-ood/safetensors/node'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { createFeatureBank, exportNpy, openFeatureBank } from '../index.ts'

/** Vectors whose position can be told: row i is [i, i²]. */
function rows(from: number, to: number): Matrix {
  return createMatrix(
    to - from,
    2,
    Float32Array.from({ length: 2 * (to - from) }, (_, at) => (from + (at >> 1)) ** (1 + (at % 2))),
  )
}

const labels = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => (from + i) % 3)

async function saveRows(directory: string, count: number): Promise<void> {
  const bank = await createFeatureBank()
  await bank.add(rows(0, count), labels(0, count))
  await bank.save(directory)
  await bank.close()
}

const shardsOf = (directory: string) =>
  readdirSync(directory)
    .filter((file) => file.startsWith('vectors-'))
    .sort()

async function expectRows(directory: string, count: number): Promise<void> {
  const bank = await openFeatureBank(directory)
  expect(bank.size).toBe(count)
  const { distances, indices } = await bank.search(rows(0, count), 1)
  expect([...indices]).toEqual(Array.from({ length: count }, (_, i) => i))
  expect(Math.max(...distances)).toBe(0)
  await bank.close()
}

describe('appending', () => {
  test('open, add, save writes the new vectors only', async () => {
    const directory = join(temporaryDirectory(), 'bank')
    await saveRows(directory, 5)
    const [first] = shardsOf(directory) as [string]
    const before = statSync(join(directory, first))
    const bank = await openFeatureBank(directory)
    for (const [from, to] of [
      [5, 9],
      [9, 10],
    ] as const) {
      await bank.add(rows(from, to), labels(from, to))
      await bank.save(directory)
    }
    await bank.save(directory)
    await bank.close()
    expect(shardsOf(directory)).toContain(first)
    expect(shardsOf(directory)).toHaveLength(3)
    const after = statSync(join(directory, first))
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs])
    await expectRows(directory, 10)
    const held = await Promise.all(shardsOf(directory).map((file) => readSafetensorsFile(join(directory, file))))
    const sizes = held.map(({ tensors }) => tensors.get('labels')!.data.length).sort()
    expect(sizes).toEqual([1, 4, 5])
  })

  test('elsewhere the whole bank is written, as it is where somebody else saved meanwhile', async () => {
    const folder = temporaryDirectory()
    const [here, there] = [join(folder, 'here'), join(folder, 'there')]
    await saveRows(here, 5)
    const bank = await openFeatureBank(here)
    await bank.add(rows(5, 7))
    await bank.save(there)
    await expectRows(there, 7)
    await saveRows(here, 3)
    await bank.save(here)
    await bank.close()
    expect(shardsOf(here)).toHaveLength(1)
    await expectRows(here, 7)
  })

  test('a shard that somebody removed is written again', async () => {
    const directory = join(temporaryDirectory(), 'bank')
    await saveRows(directory, 5)
    const bank = await openFeatureBank(directory)
    rmSync(join(directory, shardsOf(directory)[0]!))
    await bank.add(rows(5, 6))
    await bank.save(directory)
    await bank.close()
    expect(shardsOf(directory)).toHaveLength(1)
    await expectRows(directory, 6)
  })

  test('a new save replaces the old one and leaves nothing of it', async () => {
    const directory = join(temporaryDirectory(), 'bank')
    await saveRows(directory, 5)
    const [first] = shardsOf(directory) as [string]
    await saveRows(directory, 4)
    expect(readdirSync(directory).sort()).toEqual(['manifest.json', shardsOf(directory)[0]])
    expect(existsSync(join(directory, first))).toBe(false)
  })

  test('an empty bank is saved too', async () => {
    const directory = join(temporaryDirectory(), 'bank')
    await saveRows(directory, 0)
    const bank = await openFeatureBank(directory)
    expect([bank.size, bank.dimension]).toEqual([0, 0])
    await bank.add(rows(0, 2))
    await bank.save(directory)
    await bank.close()
    await expectRows(directory, 2)
  })
})

describe('saves that were interrupted', () => {
  test('leave files that are ignored, and removed an hour later', async () => {
    const directory = join(temporaryDirectory(), 'bank')
    await saveRows(directory, 5)
    const [young, old] = ['vectors-aaaaaaaa-00000.safetensors', 'manifest-bbbbbbbb.tmp']
    for (const file of [young, old]) writeFileSync(join(directory, file), 'half a fi')
    utimesSync(join(directory, old), new Date(), new Date(Date.now() - 2 * 3_600_000))
    writeFileSync(join(directory, 'notes.txt'), 'mine')
    await expectRows(directory, 5)
    await saveRows(directory, 6)
    expect(readdirSync(directory)).toEqual(expect.arrayContaining([young, 'notes.txt']))
    expect(readdirSync(directory)).not.toContain(old)
  })

  test('leave prepared vectors alone that a bank may be searching, until they have not been used for a month', async () => {
    const directory = join(temporaryDirectory(), 'bank')
    await saveRows(directory, 5)
    const hour = 3_600_000
    const ages = { 'codes-aaaaaaaa.safetensors': 25 * hour, 'codes-bbbbbbbb.safetensors': 31 * 24 * hour }
    for (const [file, age] of Object.entries({ ...ages, 'codes-cccccccc.tmp': 2 * hour })) {
      writeFileSync(join(directory, file), 'prepared')
      utimesSync(join(directory, file), new Date(), new Date(Date.now() - age))
    }
    const bank = await openFeatureBank(directory)
    await bank.add(rows(5, 7))
    await bank.save(directory)
    await bank.close()
    expect(readdirSync(directory).filter((file) => file.startsWith('codes-'))).toEqual(['codes-aaaaaaaa.safetensors'])
  })

  test('at whatever step, leave the old bank or the new one', async () => {
    const folder = temporaryDirectory()
    const directory = join(folder, 'bank')
    await saveRows(directory, 5)
    const saves = {
      append: async () => {
        const bank = await openFeatureBank(directory)
        await bank.add(rows(5, 7))
        return { save: () => bank.save(directory), close: () => bank.close(), sizes: [5, 7] }
      },
      replace: async () => {
        const bank = await createFeatureBank()
        await bank.add(rows(0, 4))
        return { save: () => bank.save(directory), close: () => bank.close(), sizes: [7, 4] }
      },
    }
    for (const [name, prepare] of Object.entries(saves)) {
      const { save, close, sizes } = await prepare()
      const snapshots = await snapshotsDuring(save, directory, join(folder, name))
      await close()
      const found = new Set<number>()
      for (const snapshot of snapshots) {
        const bank = await openFeatureBank(snapshot)
        found.add(bank.size)
        expect([...(await bank.kthDistance(rows(0, 4), 1))]).toEqual([0, 0, 0, 0])
        await bank.close()
      }
      expect([...found]).toEqual(sizes)
      expect(snapshots.length).toBeGreaterThan(10)
    }
  })

  test('by kill -9, are followed by others', async () => {
    const directory = join(temporaryDirectory(), 'bank')
    const fixture = fileURLToPath(new URL('./saved-bank.test.fixture.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@mode-ood/source', fixture, directory])
    let saved = 0
    child.stdout.on('data', (chunk) => {
      if (saved === 0) setTimeout(() => child.kill('SIGKILL'), 41)
      saved = Number(String(chunk).trim().split('\n').at(-1))
    })
    const signal = await new Promise((resolve) => child.once('close', (_, killedBy) => resolve(killedBy)))
    expect([signal, saved > 0]).toEqual(['SIGKILL', true])
    const bank = await openFeatureBank(directory)
    // What was reported is there; at most one more save came through before its report.
    expect([saved, saved + 1]).toContain(bank.size)
    await bank.add(rows(bank.size, bank.size + 1))
    await bank.save(directory)
    const { size } = bank
    await bank.close()
    await expectRows(directory, size)
  })
})

test.runIf(canMount())('a full disk leaves the bank that was there, and a save that fits works again', async () => {
  const disk = temporaryDirectory()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
  try {
    const directory = join(disk, 'bank')
    await saveRows(directory, 1000)
    const files = readdirSync(directory)
    await expect(saveRows(directory, 20_000)).rejects.toThrow(
      /bank: the feature bank cannot be written: the disk is full/,
    )
    expect(readdirSync(directory)).toEqual(files)
    await expectRows(directory, 1000)
    await saveRows(directory, 1001)
    await expectRows(directory, 1001)
  } finally {
    execFileSync('umount', [disk])
  }
})

describe('what is not a bank is named', () => {
  const path = (directory: string) => join(directory, 'manifest.json')
  const edit = (directory: string, change: (manifest: Record<string, unknown>) => object) =>
    writeFileSync(path(directory), JSON.stringify(change(JSON.parse(readFileSync(path(directory), 'utf8')))))
  test.each<[string, (directory: string, shard: string) => void | Promise<void>, RegExp]>([
    ['no bank', (directory) => rmSync(path(directory)), /manifest.json: there is no feature bank here/],
    ['torn manifest', (directory) => writeFileSync(path(directory), '{"for'), /manifest.json: is not valid JSON/],
    ['foreign manifest', (directory) => writeFileSync(path(directory), '{"name":"app"}'), /version 1: "format"/],
    [
      'later version',
      (directory) => edit(directory, (m) => ({ ...m, format: 'mode-ood feature-bank 2' })),
      /version 1/,
    ],
    ['wrong count', (directory) => edit(directory, (m) => ({ ...m, size: 7 })), /states 7 vectors .* its shards 5/],
    [
      'a file elsewhere',
      (directory) => edit(directory, (m) => ({ ...m, shards: [{ ...(m['shards'] as object[])[0], file: '../x' }] })),
      /version 1: "shards.0.file"/,
    ],
    [
      'truncated shard',
      (_, shard) => truncateSync(shard, statSync(shard).size - 4),
      /safetensors: the manifest names this shard, but it/,
    ],
    [
      'shard cut in its header',
      (_, shard) => truncateSync(shard, 20),
      /safetensors: the manifest names this shard, but it/,
    ],
    ['missing shard', (_, shard) => rmSync(shard), /safetensors: the manifest names this shard, but it does not exist/],
    ['folder for a shard', (_, shard) => replaceByFolder(shard), /but it is a folder/],
    ['flipped bit', (_, shard) => flip(shard), /does not have the hash that the manifest states/],
    [
      'shard of another bank',
      (_, shard) => replace(shard, rows(0, 6)),
      /must hold float32 "vectors" of shape \[5, 2\]/,
    ],
    ['shard of other vectors', (_, shard) => replace(shard, rows(1, 6)), /does not have the hash/],
    [
      'a text in place of a shard',
      (_, shard) => writeFileSync(shard, 'hello, I am no tensor'),
      /but it claims a header/,
    ],
  ])('%s', async (_, damage, message) => {
    const directory = join(temporaryDirectory(), 'bank')
    await saveRows(directory, 5)
    await damage(directory, join(directory, shardsOf(directory)[0]!))
    const failure: unknown = await openFeatureBank(directory).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(InvalidFileError)
    expect((failure as Error).message).toMatch(message)
    expect((failure as Error).message).not.toContain('\n')
  })

  test('and is not written over', async () => {
    const directory = temporaryDirectory()
    writeFileSync(path(directory), '{"name":"app"}')
    await expect(saveRows(directory, 2)).rejects.toThrow(/manifest.json: is not the manifest of a feature bank/)
    expect(readdirSync(directory)).toEqual(['manifest.json'])
    const file = join(directory, 'manifest.json', 'below')
    await expect(saveRows(file, 2)).rejects.toThrow(InvalidFileError)
  })
})

test('exported as .npy', async () => {
  const folder = temporaryDirectory()
  const [directory, file] = [join(folder, 'bank'), join(folder, 'bank.npy')]
  await saveRows(directory, 3)
  const bank = await openFeatureBank(directory)
  await bank.add(rows(3, 4))
  await bank.save(directory)
  await bank.close()
  await exportNpy(directory, file)
  const bytes = readFileSync(file)
  // What numpy.save writes for this array, byte for byte.
  expect(bytes.subarray(0, 128).toString('latin1')).toBe(
    `\u0093NUMPY\u0001\u0000v\u0000{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }`.padEnd(127) + '\n',
  )
  expect(new Float32Array(bytes.buffer.slice(bytes.byteOffset + 128, bytes.byteOffset + bytes.length))).toEqual(
    rows(0, 4).data,
  )
  expect(readdirSync(folder).sort()).toEqual(['bank', 'bank.npy'])
  await expect(exportNpy(directory, join(folder, 'none', 'bank.npy'))).rejects.toThrow(/cannot be written \(ENOENT\)/)
  await expect(exportNpy(folder, file)).rejects.toThrow(/there is no feature bank here/)
})

function flip(file: string): void {
  const bytes = readFileSync(file)
  bytes[bytes.length - 30]! ^= 1
  writeFileSync(file, bytes)
}

/** Puts the shard of a bank of `vectors` in the place of a shard. */
async function replace(shard: string, vectors: Matrix): Promise<void> {
  const directory = join(temporaryDirectory(), 'other')
  const bank = await createFeatureBank()
  await bank.add(vectors, new Int32Array(vectors.rows))
  await bank.save(directory)
  await bank.close()
  copyFileSync(join(directory, shardsOf(directory)[0]!), shard)
}

function replaceByFolder(file: string): void {
  rmSync(file)
  mkdirSync(file)
}

function canMount(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'mode-ood-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', directory], { stdio: 'ignore' })
    execFileSync('umount', [directory])
    return true
  } catch {
    return false
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/**
 * What the directory looks like before and after every call into the file system that `save` makes: a process killed at
 * any moment leaves one of these.
 */
async function snapshotsDuring(save: () => Promise<void>, directory: string, into: string): Promise<string[]> {
  const snapshots: string[] = []
  const snapshot = () => {
    const target = join(into, String(snapshots.length))
    cpSync(directory, target, { recursive: true })
    snapshots.push(target)
  }
  const probe = await promises.open(directory)
  const handles = Object.getPrototypeOf(probe) as Operations
  await probe.close()
  const restore = [
    watch(promises as unknown as Operations, ['open', 'rename', 'rm', 'readdir'], snapshot),
    watch(handles, ['appendFile', 'writeFile', 'sync', 'close'], snapshot),
  ]
  syncBuiltinESMExports()
  try {
    await save()
  } finally {
    for (const undo of restore) undo()
    syncBuiltinESMExports()
  }
  return snapshots
}

type Operations = Record<string, (...args: unknown[]) => Promise<unknown>>

/** Calls `look` before and after each of the operations, until the function returned is called. */
function watch(target: Operations, names: readonly string[], look: () => void): () => void {
  const originals = names.map((name) => [name, target[name]!] as const)
  for (const [name, original] of originals) {
    target[name] = async function (...args) {
      look()
      const result = await original.apply(this, args)
      look()
      return result
    }
  }
  return () => Object.assign(target, Object.fromEntries(originals))
}
