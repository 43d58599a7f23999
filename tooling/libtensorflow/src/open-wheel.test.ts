import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { fakeWheel, wheelName } from './fake-wheel.test.fixture.ts'
import { openWheel } from './open-wheel.ts'

const large = 'x1y2z3'.repeat(50_000)
const files = { 'a/even': '1234', 'a/odd': '12345', 'a/empty': '', 'b/large': `${large}!` }

test('stored, deflated and empty files come out as they went in', async () => {
  const wheel = await openWheel(fakeWheel(files))
  for (const [name, content] of Object.entries(files)) {
    expect(wheel.has(name)).toBe(true)
    expect((await wheel.read(name)).toString()).toBe(content)
    const target = join(temporaryDirectory(), 'deep/er/file')
    await wheel.extract(name, target)
    expect(readFileSync(target, 'utf8')).toBe(content)
  }
  expect(wheel.has('a')).toBe(false)
  await expect(wheel.read('c')).rejects.toThrow('does not hold c')
  await wheel.close()
})

test.each([
  [wheelName, 'tensorflow-cpu', '2.21.0', 'linux-x64'],
  [
    'tensorflow-2.19.1-cp312-cp312-manylinux_2_17_aarch64.manylinux2014_aarch64.whl',
    'tensorflow',
    '2.19.1',
    'linux-arm64',
  ],
  ['tensorflow-2.21.0-cp313-cp313-macosx_12_0_arm64.whl', 'tensorflow', '2.21.0', 'macosx_12_0_arm64'],
])('%s: what it is for', async (name, distribution, version, platform) => {
  const wheel = await openWheel(fakeWheel(files, name))
  expect(wheel).toMatchObject({ distribution, version, platform })
  await wheel.close()
})

test('other files are refused by name and by content', async () => {
  await expect(openWheel('/tmp/numpy-2.0.0-cp311-cp311-linux_x86_64.whl')).rejects.toThrow('is no wheel of tensorflow')
  await expect(openWheel(join(temporaryDirectory(), wheelName))).rejects.toThrow('cannot be opened')
  const text = join(temporaryDirectory(), wheelName)
  writeFileSync(text, 'no archive at all, but longer than the end of one')
  await expect(openWheel(text)).rejects.toThrow(InvalidFileError)
})

test('a torn download is found out, and leaves no half file', async () => {
  const cut = fakeWheel(files)
  truncateSync(cut, readFileSync(cut).length - 30)
  await expect(openWheel(cut)).rejects.toThrow('not downloaded to its end')

  const flipped = fakeWheel(files)
  const bytes = readFileSync(flipped)
  bytes[bytes.indexOf('1234') + 2] = 0
  writeFileSync(flipped, bytes)
  const wheel = await openWheel(flipped)
  const folder = temporaryDirectory()
  await expect(wheel.extract('a/even', join(folder, 'file'))).rejects.toThrow('holds a/even torn')
  expect(readdirSync(folder)).toEqual([])
  await wheel.close()
})
