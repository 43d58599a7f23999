import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { fatalLibrary, loadableLibrary } from './fake-package.test.fixture.ts'
import { tryLoading } from './try-loading.ts'

function saved(bytes: Uint8Array): string {
  const file = join(temporaryDirectory(), 'library.node')
  writeFileSync(file, bytes)
  return file
}

test('a library that loads', async () => {
  expect(await tryLoading(loadableLibrary())).toBeUndefined()
})

test('what the loader says of a file that is no library', async () => {
  const file = saved(new Uint8Array(1000))
  const failure = await tryLoading(file)
  expect(failure).toContain(file)
  expect(failure).not.toContain('\n')
})

test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'a library that ends the process which loads it',
  async () => {
    expect(await tryLoading(saved(fatalLibrary()))).toBe('it ends the process that loads it (SIGILL)')
  },
)
