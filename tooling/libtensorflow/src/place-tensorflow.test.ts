import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { fakeWheel } from './fake-wheel.test.fixture.ts'
import { openWheel } from './open-wheel.ts'
import { placeTensorFlow } from './place-tensorflow.ts'

const header = 'tensorflow/c/c_api.h'
const files = {
  'tensorflow/libtensorflow_cc.so.2': 'the library',
  'tensorflow/libtensorflow_framework.so.2': 'the framework',
  [`tensorflow/include/${header}`]: 'the header',
}

/** A package with what an earlier TensorFlow left in it. */
function nativePackage(): string {
  const directory = temporaryDirectory()
  for (const folder of ['binding', 'deps/lib', 'lib/napi-v8']) mkdirSync(join(directory, folder), { recursive: true })
  writeFileSync(join(directory, 'binding/tfjs_backend.cc'), `#include "${header}"`)
  writeFileSync(join(directory, 'deps/lib/libtensorflow.so.2'), 'stale')
  writeFileSync(join(directory, 'lib/napi-v8/tfjs_binding.node'), 'stale')
  return directory
}

test('libraries under the names that the linker asks for, headers, and nothing of before', async () => {
  const directory = nativePackage()
  const wheel = await openWheel(fakeWheel(files))
  await placeTensorFlow(wheel, directory)
  const text = (path: string) => readFileSync(join(directory, path), 'utf8')
  expect(text('deps/lib/libtensorflow.so')).toBe('the library')
  expect(text('deps/lib/libtensorflow_framework.so')).toBe('the framework')
  expect(text('deps/lib/libtensorflow_cc.so.2')).toBe('the library')
  expect(text(`deps/include/${header}`)).toBe('the header')
  expect(existsSync(join(directory, 'deps/lib/libtensorflow.so.2'))).toBe(false)
  expect(existsSync(join(directory, 'lib'))).toBe(false)
  await wheel.close()
})

test('a wheel without libraries for C++ is refused', async () => {
  const wheel = await openWheel(fakeWheel({ 'tensorflow/__init__.py': '' }))
  await expect(placeTensorFlow(wheel, nativePackage())).rejects.toThrow(
    'does not hold tensorflow/libtensorflow_cc.so.2',
  )
  await wheel.close()
})
