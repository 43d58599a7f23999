import { createRandom, type Images, type Normalization } from '@mode-ood/core'
import type { ImageBatch } from '../dataset.ts'
import { type AugmentImage, createAugmentImage } from './augment-image.ts'
import type { Augmentation } from './augmentation-config.ts'
import { planAugmentation } from './plan-augmentation.ts'

export interface AugmentBatchOptions {
  readonly augmentation: Augmentation
  readonly normalization: Normalization
  /** Of the run. */
  readonly seed: number
  /** Random views of every image; 1 by default. */
  readonly views?: number
}

/**
 * Augments and normalises a batch: [views · count, height, width, 3], view 1 of all images, then view 2 of all. Epochs count from 0.
 */
export type AugmentBatch = (batch: Omit<ImageBatch, 'labels'>, epoch: number) => Images

/**
 * Makes a function that augments batches. What happens to a view depends on seed, epoch, the image's position in its set and the
 * number of the view alone: neither on the batch it is in nor on what was done before.
 *
 * @throws InvalidOptionError when a mean is not finite or a std not positive.
 */
export function createAugmentBatch(options: AugmentBatchOptions): AugmentBatch {
  const { augmentation, normalization, seed, views = 1 } = options
  const bySize = new Map<string, AugmentImage>()
  return ({ count, height, width, indices, data: pixels }, epoch) => {
    const name = `${height}x${width}`
    const augmentImage = bySize.get(name) ?? createAugmentImage({ height, width }, normalization)
    bySize.set(name, augmentImage)
    const size = height * width * 3
    const data = new Float32Array(views * count * size)
    for (let view = 0; view < views; view++) {
      for (let i = 0; i < count; i++) {
        const random = createRandom(`${seed}/augmentation/${epoch}/${indices[i]!}/${view}`)
        const image = { height, width, data: pixels.subarray(i * size, (i + 1) * size) }
        const start = (view * count + i) * size
        augmentImage(image, planAugmentation(random, augmentation, image), data.subarray(start, start + size))
      }
    }
    return { count: views * count, height, width, data }
  }
}
