import { applyNormalization, normalizedBytes, type Images, type Normalization } from '@mode-ood/core'
import type { ImageBatch } from './dataset.ts'

/**
 * (x / 255 - mean) / std of each channel in float32, step by step as torchvision's `ToTensor` and `Normalize` round it.
 *
 * @throws InvalidOptionError when a mean is not finite or a std not positive.
 */
export function normalizeImages(batch: ImageBatch, normalization: Normalization): Images {
  const { count, height, width, data } = batch
  return { count, height, width, data: applyNormalization(data, normalizedBytes(normalization)) }
}
