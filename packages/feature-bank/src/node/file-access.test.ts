import { renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import type { FileAccess } from '../search/file-access.ts'
import { createFileAccess } from './file-access.ts'

type Read = (files: FileAccess, path: string) => () => Promise<Uint8Array>

const whole: Read = (files, path) => async () => {
  const into = new Uint8Array(3)
  files.readAt(path, 2, into)
  return into
}
const ahead: Read = (files, path) => {
  const file = files.openAhead({ path, offset: 1 })
  return async () => (await file.read(1, 3)).slice()
}
const expected: Read = (files, path) => {
  const file = files.openAhead({ path, offset: 1 })
  return async () => {
    file.expect(1, 3)
    file.expect(0, 3)
    // In vain, while files are as they are now.
    await new Promise((resolve) => setImmediate(resolve))
    return (await file.read(1, 3)).slice()
  }
}

test.each<[string, Read]>([
  ['at once', whole],
  ['ahead', ahead],
  ['ahead in vain', expected],
])('a file that could not be read %s is read once it can be', async (_, create) => {
  const path = join(temporaryDirectory(), 'numbers')
  const files = createFileAccess()
  const read = create(files, path)
  await expect(read()).rejects.toThrow(InvalidFileError)
  writeFileSync(path, Uint8Array.of(0, 1, 2, 3, 4, 5))
  expect([...(await read())]).toEqual([2, 3, 4])
  // Another file takes the place of a torn one.
  truncateSync(path, 1)
  await expect(read()).rejects.toThrow('ended while it was searched')
  writeFileSync(`${path}.new`, Uint8Array.of(0, 1, 7, 8, 9, 5))
  renameSync(`${path}.new`, path)
  expect([...(await read())]).toEqual([7, 8, 9])
  files.close()
})
