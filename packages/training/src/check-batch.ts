import { type Images, InvalidInputError } from '@mode-ood/core'
import type { TrainingBatch } from './trainer.ts'

/**
 * Refuses a batch that a trainer cannot learn from.
 *
 * @throws InvalidInputError for images without or beside data, labels that are not one for each image's views, or a label
 * that is no class.
 */
export function checkBatch(
  { images, labels }: TrainingBatch,
  { views, classes }: { views: number; classes: number },
): void {
  checkImages(images)
  const { count } = images
  if (labels.length * views !== count) {
    const expected = views === 1 ? `${count}` : `${count} / ${views}`
    throw new InvalidInputError(`a batch of ${count} images needs ${expected} labels, but ${labels.length} were given`)
  }
  const wrong = labels.findIndex((label) => label < 0 || label >= classes)
  if (wrong !== -1) {
    throw new InvalidInputError(`label ${labels[wrong]} of image ${wrong} is no class: there are 0 to ${classes - 1}`)
  }
}

/**
 * @throws InvalidInputError for a batch without images, data of another length than the images', or a pixel that is no number.
 */
export function checkImages({ count, height, width, data }: Images): void {
  if (count === 0) throw new InvalidInputError('a batch needs at least one image, but this one is empty')
  if (data.length !== count * height * width * 3) {
    throw new InvalidInputError(
      `${count} images of ${height} x ${width} x 3 need ${count * height * width * 3} values, but ${data.length} were given`,
    )
  }
  // a sum of float32 numbers in float64 cannot overflow
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += data[i]!
  if (Number.isFinite(sum)) return
  const bad = data.findIndex((value) => !Number.isFinite(value))
  throw new InvalidInputError(
    `image ${Math.floor(bad / (height * width * 3))} of the batch holds the pixel value ${data[bad]}`,
  )
}
