import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { InvalidFileError, type Matrix } from '@mode-ood/core'
import { readSafetensorsFile } from '@mode-ood/safetensors/node'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { createFeatureBank, exportNpy, openFeatureBank } from '../index.ts'
import { expectRows, labels, rows, saveRows, shardsOf } from './saved-rows.test.fixture.ts'

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
