import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { compileBinding, compilerArguments } from './compile-binding.ts'
import { fakeWheel } from './fake-wheel.test.fixture.ts'
import { runCommand } from './run-command.ts'

const run = async (...args: string[]) => {
  const lines: string[] = []
  await runCommand(args, (line) => lines.push(line))
  return lines.join('\n')
}
const library = '/packages/tfjs-node/lib/napi-v8/tfjs_binding.node'

test('--help says how to get a wheel', async () => {
  expect(await run('--help')).toContain('pip download --no-deps tensorflow-cpu')
})

describe('what is wrong is said in one sentence', () => {
  const here = `tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_${process.arch === 'x64' ? 'x86_64' : 'aarch64'}.whl`
  const files = { 'tensorflow/libtensorflow_cc.so.2': '' }
  test.each([
    ['no wheel', () => [], '--wheel FILE is missing'],
    [
      'a wheel of macOS',
      () => ['--wheel', fakeWheel(files, 'tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl')],
      'one for macosx_12_0_arm64',
    ],
    [
      'another package',
      () => ['--wheel', fakeWheel(files, here), '--package', 'tfjs'],
      '--package is tfjs-node or tfjs-node-gpu, not tfjs',
    ],
    [
      'nothing installed',
      () => ['--wheel', fakeWheel(files, here), '--project', temporaryDirectory()],
      'npm install --ignore-scripts @tensorflow/tfjs-node@',
    ],
    ['a slip', () => ['--wheels', 'x'], 'there is no option --wheels; did you mean --wheel?'],
  ])('%s', async (_, args, message) => {
    await expect(run(...args())).rejects.toThrow(message)
  })
})

describe('the compiler', () => {
  test('is told of the headers of Node-API and where the libraries will lie', () => {
    const args = compilerArguments(library)
    expect(args).toContain('-DNAPI_VERSION=8')
    expect(args).toContain('-Wl,-rpath,$ORIGIN/../../deps/lib')
    expect(args.at(-1)).toBe(library)
    expect(args.some((argument) => argument.endsWith('node-api-headers/include'))).toBe(true)
  })

  test('that is not there, or that fails', async () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'bin'))
    const failing = join(directory, 'bin/failing')
    writeFileSync(failing, '#!/bin/sh\necho "x.cc:1: fatal error: no such header" >&2\nexit 1\n', { mode: 0o755 })
    const target = join(directory, 'lib/napi-v8/tfjs_binding.node')
    const before = process.env['CXX']
    try {
      process.env['CXX'] = join(directory, 'absent')
      await expect(compileBinding(directory, target)).rejects.toThrow('install g++, or name one in CXX')
      process.env['CXX'] = failing
      await expect(compileBinding(directory, target)).rejects.toThrow('cannot compile the binding: x.cc:1: fatal error')
    } finally {
      if (before === undefined) delete process.env['CXX']
      else process.env['CXX'] = before
    }
  })
})
