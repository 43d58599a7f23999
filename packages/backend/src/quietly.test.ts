import { expect, test, vi } from 'vitest'
import { quietly } from './quietly.ts'

test('what is printed or warned of on the way does not get through, and the result does', () => {
  const log = vi.spyOn(console, 'log')
  const emitWarning = vi.spyOn(process, 'emitWarning')
  const result = quietly(() => {
    console.log('Welcome!')
    process.emitWarning('deprecated')
    return 7
  })
  expect(result).toBe(7)
  expect(log).not.toHaveBeenCalled()
  expect(emitWarning).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

test('the console is as before after an error', () => {
  const before = [console.warn, process.emitWarning]
  expect(() =>
    quietly(() => {
      throw new Error('no')
    }),
  ).toThrow('no')
  expect([console.warn, process.emitWarning]).toEqual(before)
})
