import { expect, test } from 'vitest'
import { createAdmission, ServerBusyError } from './admission.ts'

test('what is held stays within the limit, and comes back once', () => {
  const images = createAdmission(10, 'images')
  const leave = images.enter(6)
  const leaveToo = images.enter(4)
  expect(() => images.enter(1)).toThrow(ServerBusyError)
  expect(() => images.enter(1)).toThrow('10 images are under way already, of 10')
  leave()
  leave()
  expect(images.held).toBe(4)
  expect(() => images.enter(7)).toThrow('4 images')
  leaveToo()
  images.enter(11)
  expect(images.held).toBe(11)
})
