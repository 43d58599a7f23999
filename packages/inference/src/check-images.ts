import { type Images, InvalidInputError } from '@mode-ood/core'
import type { ByteImages, ImageSize } from './model.ts'

/** @throws InvalidInputError unless the images are of the size the model takes and hold finite numbers. */
export function checkImages(images: Images | ByteImages, size: ImageSize): void {
  const { count, height, width, data } = images
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new InvalidInputError(`a batch must have a whole number of images, but its count is ${count}`)
  }
  if (height !== size.height || width !== size.width) {
    throw new InvalidInputError(
      `images are ${height} x ${width}, but the model takes ${size.height} x ${size.width} (height x width)`,
    )
  }
  const isNormalized = data instanceof Float32Array && !('normalization' in images)
  const isBytes = data instanceof Uint8Array && 'normalization' in images
  if (!isNormalized && !isBytes) {
    throw new InvalidInputError(
      'images must be a Float32Array of normalised pixels, or a Uint8Array with its normalization',
    )
  }
  if (data.length !== count * height * width * 3) {
    throw new InvalidInputError(
      `${count} images of ${height} x ${width} x 3 need ${count * height * width * 3} values, but ${data.length} were given`,
    )
  }
  if (isBytes) return
  // A ReLU may turn NaN into 0, so nothing after the network would notice. A sum of float32 numbers in float64 cannot overflow.
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += data[i]!
  if (Number.isFinite(sum)) return
  const bad = data.findIndex((value) => !Number.isFinite(value))
  throw new InvalidInputError(
    `image ${Math.floor(bad / (height * width * 3))} of the batch holds the pixel value ${data[bad]}`,
  )
}
