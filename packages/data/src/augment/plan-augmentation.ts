import type { Random } from '@mode-ood/core'
import type { Augmentation, ColorJitterConfig } from './augmentation-config.ts'
import { chooseResizedCrop } from './choose-resized-crop.ts'
import type { PaddedCrop } from './padded-crop.ts'
import type { CropBox } from './resized-crop.ts'

/** One change of colour. */
export interface ColorChange {
  readonly kind: 'brightness' | 'contrast' | 'saturation' | 'hue'
  /** A factor; of hue the part of a circle. */
  readonly amount: number
}

/** What is done to one view of one image. */
export interface AugmentationPlan {
  readonly crop: { readonly resized: CropBox } | { readonly padded: PaddedCrop }
  readonly mirrored: boolean
  readonly colors: readonly ColorChange[]
  readonly grayscale: boolean
}

/** Draws what is to be done to one view of an image: the same generator gives the same plan. */
export function planAugmentation(
  random: Random,
  augmentation: Augmentation,
  image: { readonly height: number; readonly width: number },
): AugmentationPlan {
  const { crop, flip, jitter, grayscale } = augmentation
  return {
    crop:
      crop !== 'none' && crop.kind === 'resized'
        ? { resized: chooseResizedCrop(random, image, crop) }
        : { padded: planPaddedCrop(random, crop === 'none' ? 0 : crop.padding) },
    mirrored: random.uniform() < flip,
    colors: jitter === 'none' ? [] : planColors(random, jitter),
    grayscale: random.uniform() < grayscale,
  }
}

function planPaddedCrop(random: Random, padding: number): PaddedCrop {
  return { padding, top: random.integer(2 * padding + 1), left: random.integer(2 * padding + 1) }
}

/** All four in a random order; those that would change nothing are left out. */
function planColors(random: Random, jitter: ColorJitterConfig): ColorChange[] {
  if (random.uniform() >= jitter.probability) return []
  const order = random.shuffle(['brightness', 'contrast', 'saturation', 'hue'] as ColorChange['kind'][])
  return order
    .filter((kind) => jitter[kind] > 0)
    .map((kind) => {
      const change = jitter[kind] * (2 * random.uniform() - 1)
      return { kind, amount: kind === 'hue' ? change : 1 + change }
    })
}
