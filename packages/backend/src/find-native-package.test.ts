import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { fakePackage } from './fake-package.test.fixture.ts'
import { findNativePackage } from './find-native-package.ts'

test('a package that is not there', () => {
  expect(findNativePackage('@tensorflow/tfjs-node', [temporaryDirectory()])).toBeUndefined()
})

test('the library lies where the newest interface of this Node points', () => {
  const folder = fakePackage({ version: '4.1.0' })
  const directory = join(folder, 'node_modules/@tensorflow/tfjs-node')
  expect(findNativePackage('@tensorflow/tfjs-node', [join(folder, 'deeper')])).toEqual({
    directory,
    version: '4.1.0',
    library: join(directory, 'lib/napi-v8/tfjs_binding.node'),
  })
})

test('the first folder that has it counts', () => {
  const folders = [temporaryDirectory(), fakePackage({ version: '4.1.0' }), fakePackage({ version: '4.2.0' })]
  expect(findNativePackage('@tensorflow/tfjs-node', folders)?.version).toBe('4.1.0')
})
