import { execFileSync, spawn } from 'node:child_process'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { cpSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { createFeatureBank, openFeatureBank } from '../index.ts'
import { expectRows, rows, saveRows } from './saved-rows.test.fixture.ts'

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
