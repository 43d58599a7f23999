import { expect, test } from 'vitest'
import { replaceDeprecatedFunctions } from './replace-deprecated-functions.ts'

test('what Node removed is there, what it warns of does not warn', () => {
  const utilities: Record<string, (value: unknown) => boolean> = {
    isArray: () => {
      throw new Error('warned')
    },
  }
  replaceDeprecatedFunctions(utilities)
  expect([null, undefined, 0, ''].map((value) => utilities['isNullOrUndefined']!(value))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect([[], 'text'].map((value) => utilities['isArray']!(value))).toEqual([true, false])
})
