import { createRequire } from 'node:module'
import { afterAll, expect, test } from 'vitest'
import { fakePackage, loadableLibrary } from './fake-package.test.fixture.ts'
import { prepareBackend } from './index.ts'

const require = createRequire(import.meta.url)
const path = (name: string) => JSON.stringify(require.resolve(name))

/** What the real package does when it loads, on the kernels of plain JavaScript. */
const main = (name: string) => `
  const tf = require(${path('@tensorflow/tfjs-core')})
  const { MathBackendCPU } = require(${path('@tensorflow/tfjs-backend-cpu')})
  console.warn('a banner')
  if (!require('node:util').isNullOrUndefined(null)) throw new Error('no polyfill')
  for (const kernel of tf.getKernelsForBackend('cpu')) tf.registerKernel({ ...kernel, backendName: 'tensorflow' })
  tf.registerBackend('tensorflow', () => Object.assign(new MathBackendCPU(), {
    isGPUPackage: ${name === 'tfjs-node-gpu'},
    isUsingGpuDevice: true,
    binding: { TF_Version: '2.21.0' },
  }))
  tf.setBackend('tensorflow')`

afterAll(async () => {
  const { tf } = await prepareBackend({ prefer: 'cpu' })
  tf.removeBackend('tensorflow')
  for (const { kernelName } of tf.getKernelsForBackend('tensorflow')) tf.unregisterKernel(kernelName, 'tensorflow')
})

test('a package that fails while it loads is passed over', async () => {
  const folders = [fakePackage({ name: 'tfjs-node', library: loadableLibrary(), main: 'throw new Error("no luck")' })]
  const { name, skipped } = await prepareBackend({ folders })
  expect(name).toBe('wasm')
  expect(skipped[1]).toEqual({ name: 'tfjs-node', reason: 'fails: no luck' })
})

test('a native package that loads comes first, says where it computes, and keeps the other out', async () => {
  const name = 'tfjs-node-gpu'
  const folders = [fakePackage({ name, library: loadableLibrary(), main: main(name) })]
  const prepared = await prepareBackend({ prefer: 'convolution-gradients', folders })
  expect(prepared.summary).toBe('tfjs-node-gpu (TensorFlow 2.21.0, GPU)')
  expect([prepared.tf.getBackend(), prepared.device, prepared.skipped]).toEqual(['tensorflow', 'gpu', []])

  await prepareBackend({ prefer: 'cpu' })
  await expect(prepareBackend({ prefer: 'tfjs-node', folders })).rejects.toThrow('tfjs-node-gpu is loaded')
  expect(prepared.tf.getBackend()).toBe('cpu')
  expect((await prepareBackend({ folders: [] })).name).toBe('tfjs-node-gpu')
})
