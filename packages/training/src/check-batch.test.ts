import { InvalidInputError } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { checkBatch } from './check-batch.ts'

const batch = (count: number, labels: number[], length = count * 12) => ({
  images: { count, height: 2, width: 2, data: new Float32Array(length) },
  labels: Int32Array.from(labels),
})

test('a batch that fits is taken', () => {
  expect(() => checkBatch(batch(2, [0, 2]), { views: 1, classes: 3 })).not.toThrow()
  expect(() => checkBatch(batch(4, [0, 2]), { views: 2, classes: 3 })).not.toThrow()
})

test.each([
  { what: 'no image', given: batch(0, []), views: 1, message: 'at least one image' },
  { what: 'values missing', given: batch(2, [0, 1], 23), views: 1, message: '2 images of 2 x 2 x 3 need 24 values' },
  { what: 'an odd number of views', given: batch(3, [0]), views: 2, message: '3 images needs 3 / 2 labels, but 1' },
  { what: 'a label an image for two views', given: batch(2, [0, 1]), views: 2, message: 'needs 2 / 2 labels, but 2' },
  { what: 'a label beyond the classes', given: batch(2, [1, 3]), views: 1, message: 'label 3 of image 1 is no class' },
  { what: 'a negative label', given: batch(2, [-1, 0]), views: 1, message: 'there are 0 to 2' },
])('$what is refused', ({ given, views, message }) => {
  const check = () => checkBatch(given, { views, classes: 3 })
  expect(check).toThrow(InvalidInputError)
  expect(check).toThrow(message)
})
