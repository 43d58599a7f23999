import { InvalidFileError, InvalidOptionError } from '@mode-ood/core'
import type { ResizeConfig } from './dataset-config.ts'
import { resizePixels, type Pixels } from './resize-pixels.ts'

/** Brings an image to the size the model takes; `name` is for the message when it does not fit. */
export type FitImage = (image: Pixels, name: string) => Pixels

/**
 * The resizing a configuration asks for, to `width` x `height`.
 *
 * `crop` is torchvision's `Resize(resizeTo)` and `CenterCrop`: the longer side is rounded down, the offset of the crop to even.
 *
 * @throws InvalidOptionError when `resizeTo` is smaller than the crop or has nothing to act on.
 */
export function createFitImage(config: ResizeConfig, width: number, height: number): FitImage {
  const { resize = 'squash', resizeTo, interpolation = 'bilinear' } = config
  if (resizeTo !== undefined && resize !== 'crop') {
    throw new InvalidOptionError(`resizeTo: ${resizeTo} acts only with resize: crop, but resize is ${resize}`)
  }
  const shorter = resizeTo ?? Math.max(width, height)
  if (shorter < Math.max(width, height)) {
    throw new InvalidOptionError(`resizeTo: ${resizeTo} is smaller than the ${width}x${height} that is cut out of it`)
  }
  return (image, name) => {
    if (resize === 'none') return requireSize(image, name, width, height)
    if (resize === 'squash') {
      return image.width === width && image.height === height
        ? image
        : resizePixels(image, { width, height, interpolation })
    }
    const side = Math.min(image.width, image.height)
    const resized = {
      width: Math.floor((image.width * shorter) / side),
      height: Math.floor((image.height * shorter) / side),
    }
    const window = { left: middle(resized.width - width), top: middle(resized.height - height), width, height }
    return resizePixels(image, { ...resized, interpolation, window })
  }
}

function requireSize(image: Pixels, name: string, width: number, height: number): Pixels {
  if (image.width === width && image.height === height) return image
  throw new InvalidFileError(
    name,
    `is ${image.width}x${image.height} where ${width}x${height} is expected: set resize to squash or crop`,
  )
}

/** Half of a margin; Python's round, which torchvision uses, takes halves to the even neighbour. */
function middle(margin: number): number {
  const low = Math.floor(margin / 2)
  return margin % 2 === 0 || low % 2 === 0 ? low : low + 1
}
