import { expect, test } from 'vitest'
import { restoreRemovedFunctions } from './restore-removed-functions.ts'

test('what Node 23 removed is put back, what is there stays', () => {
  const isArray = () => true
  const utilities: Record<string, (value: unknown) => boolean> = { isArray }
  restoreRemovedFunctions(utilities)
  expect(utilities['isArray']).toBe(isArray)
  expect([null, undefined, 0, ''].map((value) => utilities['isNullOrUndefined']!(value))).toEqual([
    true,
    true,
    false,
    false,
  ])
})
