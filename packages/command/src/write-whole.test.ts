import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { writeWhole } from './write-whole.ts'

test('a file takes the place of the old one, and nothing else is left', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'below/numbers.bin')
  await writeWhole(file, 'old')
  const told: string[] = []
  await writeWhole(file, Uint8Array.of(1, 2, 3), (path) => told.push(path))
  expect([...readFileSync(file)]).toEqual([1, 2, 3])
  expect(readdirSync(join(directory, 'below'))).toEqual(['numbers.bin'])
  expect(told).toEqual([expect.stringContaining('numbers.bin.')])
})

test('a place that cannot be written is named, with the reason', async () => {
  const directory = temporaryDirectory()
  mkdirSync(join(directory, 'taken'))
  await expect(writeWhole(join(directory, 'taken'), 'x')).rejects.toThrow(/taken: cannot be written: .*directory/)
})
