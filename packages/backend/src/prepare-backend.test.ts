import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { fakePackage, fatalLibrary } from './fake-package.test.fixture.ts'
import { BackendUnavailableError, prepareBackend } from './index.ts'

const nowhere = () => [temporaryDirectory()]

test('without native packages WebAssembly is chosen, and it says why', async () => {
  const { name, tf, skipped, summary, convolutionGradients } = await prepareBackend({ folders: nowhere() })
  expect([name, tf.getBackend(), convolutionGradients]).toEqual(['wasm', 'wasm', false])
  expect(skipped).toEqual([
    { name: 'tfjs-node-gpu', reason: 'not installed' },
    { name: 'tfjs-node', reason: 'not installed' },
  ])
  expect(summary).toBe('wasm (TensorFlow.js 4.22.0, CPU); tfjs-node-gpu: not installed; tfjs-node: not installed')
})

test('with gradients of convolutions it is plain JavaScript', async () => {
  const { name, tf, skipped, convolutionGradients } = await prepareBackend({
    prefer: 'convolution-gradients',
    folders: nowhere(),
  })
  expect([name, tf.getBackend(), convolutionGradients]).toEqual(['cpu', 'cpu', true])
  expect(skipped.at(-1)).toEqual({ name: 'wasm', reason: 'no gradients of convolutions' })
})

test('a backend by name is that one, and others are not looked at', async () => {
  for (const prefer of ['cpu', 'wasm'] as const) {
    const { name, skipped } = await prepareBackend({ prefer })
    expect([name, skipped]).toEqual([prefer, []])
  }
})

test('gradients of all operations are registered', async () => {
  const { tf } = await prepareBackend({ prefer: 'wasm' })
  const gradient = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([3, -1]))
  expect([...gradient.dataSync()]).toEqual([6, -2])
})

describe('a native package that cannot be used', () => {
  const imported = () => join(temporaryDirectory(), 'imported')
  const leaveTrace = (trace: string) => `require('node:fs').writeFileSync(${JSON.stringify(trace)}, '')`
  const onLinux = process.platform === 'linux' && process.arch === 'x64'
  const cases = [
    {
      what: 'of another version',
      fake: { version: '3.21.0' },
      reason: 'version 3.21.0 beside @tensorflow/tfjs-core 4.22.0',
    },
    { what: 'without library', fake: {}, reason: 'installed without its native library' },
    { what: 'with a torn library', fake: { library: new Uint8Array(9) }, reason: 'its library does not load' },
    ...(onLinux ? [{ what: 'with a fatal library', fake: { library: fatalLibrary() }, reason: '(SIGILL)' }] : []),
  ]

  test.each(cases)('$what: passed over, not imported', async ({ fake, reason }) => {
    const trace = imported()
    const folders = [fakePackage({ ...fake, main: leaveTrace(trace) })]
    const { name, skipped } = await prepareBackend({ folders })
    expect(name).toBe('wasm')
    expect(skipped[1]!.reason).toContain(reason)
    expect(existsSync(trace)).toBe(false)
  })

  test.each(cases)('$what: an error in one sentence when asked for', async ({ fake, reason }) => {
    const asked = prepareBackend({ prefer: 'tfjs-node', folders: [fakePackage(fake)] })
    await expect(asked).rejects.toThrow(BackendUnavailableError)
    await expect(asked).rejects.toThrow(reason)
    await expect(asked).rejects.not.toThrow('\n')
  })

  test('absent: the error says what to install', async () => {
    await expect(prepareBackend({ prefer: 'tfjs-node-gpu', folders: nowhere() })).rejects.toThrow(
      'backend tfjs-node-gpu cannot be used (not installed): npm install @tensorflow/tfjs-node-gpu@4.22.0',
    )
  })
})
