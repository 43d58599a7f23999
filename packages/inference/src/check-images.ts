import { type Images, InvalidInputError } from '@mode-ood/core'
import type { ImageSize } from './model.ts'

/** @throws InvalidInputError unless the images are of the size the model takes and hold finite numbers. */
export function checkImages({ count, height, width, data }: Images, size: ImageSize): void {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new InvalidInputError(`a batch must have a whole number of images, but its count is ${count}`)
  }
  if (height !== size.height || width !== size.width) {
    throw new InvalidInputError(
      `images are ${height} x ${width}, but the model takes ${size.height} x ${size.width} (height x width)`,
    )
  }
  if (!(data instanceof Float32Array)) {
    throw new InvalidInputError('images must be a Float32Array of normalised pixels')
  }
  if (data.length !== count * height * width * 3) {
    throw new InvalidInputError(
      `${count} images of ${height} x ${width} x 3 need ${count * height * width * 3} values, but ${data.length} were given`,
    )
  }
  // A ReLU may turn NaN into 0, so nothing after the network would notice. A sum of float32 numbers in float64 cannot overflow.
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += data[i]!
  if (Number.isFinite(sum)) return
  const bad = data.findIndex((value) => !Number.isFinite(value))
  throw new InvalidInputError(
    `image ${Math.floor(bad / (height * width * 3))} of the batch holds the pixel value ${data[bad]}`,
  )
}
