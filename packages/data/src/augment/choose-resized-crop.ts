import type { Random } from '@mode-ood/core'
import type { ResizedCropConfig } from './augmentation-config.ts'
import type { CropBox } from './resized-crop.ts'

const attempts = 10

/**
 * The part of an image that RandomResizedCrop takes, drawn as torchvision does it: an area uniform in `scale`, the logarithm of the ratio
 * uniform; after ten parts that do not fit, the largest middle one whose ratio is allowed.
 */
export function chooseResizedCrop(
  random: Random,
  image: { readonly height: number; readonly width: number },
  { scale, ratio }: Pick<ResizedCropConfig, 'scale' | 'ratio'>,
): CropBox {
  const [narrow, wide] = ratio
  for (let attempt = 0; attempt < attempts; attempt++) {
    const area = image.height * image.width * between(random, scale[0], scale[1])
    const chosen = Math.exp(between(random, Math.log(narrow), Math.log(wide)))
    const width = Math.round(Math.sqrt(area * chosen))
    const height = Math.round(Math.sqrt(area / chosen))
    if (width < 1 || width > image.width || height < 1 || height > image.height) continue
    const top = random.integer(image.height - height + 1)
    const left = random.integer(image.width - width + 1)
    return { top, left, height, width }
  }
  const width = Math.min(image.width, Math.round(image.height * wide))
  const height = Math.min(image.height, Math.round(image.width / narrow))
  return { top: (image.height - height) >> 1, left: (image.width - width) >> 1, height, width }
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform()
}
