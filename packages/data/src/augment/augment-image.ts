import { normalizedBytes, type Normalization } from '@mode-ood/core'
import type { Pixels } from '../resize-pixels.ts'
import { adjustBrightness } from './adjust-brightness.ts'
import { adjustContrast } from './adjust-contrast.ts'
import { adjustHue } from './adjust-hue.ts'
import { adjustSaturation } from './adjust-saturation.ts'
import type { FloatPixels } from './float-pixels.ts'
import { grayscale } from './grayscale.ts'
import { paddedCrop } from './padded-crop.ts'
import type { AugmentationPlan, ColorChange } from './plan-augmentation.ts'
import { createResizedCrop } from './resized-crop.ts'

const adjust: Readonly<Record<ColorChange['kind'], (pixels: FloatPixels, amount: number) => void>> = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
}

/** Does to an image what was planned, normalises it and writes it to `target`, [height, width, 3]. */
export type AugmentImage = (image: Pixels, plan: AugmentationPlan, target: Float32Array) => void

/**
 * Makes a function that augments images of one size. Pixels that are only cut out and mirrored stay bytes, and get the very numbers
 * that the same bytes get in inference.
 */
export function createAugmentImage(
  size: { readonly height: number; readonly width: number },
  normalization: Normalization,
): AugmentImage {
  const resizedCrop = createResizedCrop(size)
  const bytes = new Uint8Array(size.height * size.width * 3)
  const table = normalizedBytes(normalization)
  return (image, { crop, mirrored, colors, grayscale: isGray }, target) => {
    if ('resized' in crop) {
      resizedCrop(image, crop.resized, mirrored, target)
    } else {
      paddedCrop(image, crop.padded, mirrored, bytes)
      if (colors.length === 0 && !isGray) return lookUp(bytes, table, target)
      for (let i = 0; i < bytes.length; i++) target[i] = bytes[i]! / 255
    }
    for (const { kind, amount } of colors) adjust[kind](target, amount)
    if (isGray) grayscale(target)
    normalize(target, normalization)
  }
}

function lookUp(bytes: Uint8Array, table: Float32Array, target: Float32Array): void {
  for (let i = 0; i < bytes.length; i += 3) {
    target[i] = table[bytes[i]!]!
    target[i + 1] = table[256 + bytes[i + 1]!]!
    target[i + 2] = table[512 + bytes[i + 2]!]!
  }
}

function normalize(pixels: FloatPixels, { mean, std }: Normalization): void {
  const [redScale, greenScale, blueScale] = [1 / std[0], 1 / std[1], 1 / std[2]]
  const [red, green, blue] = [mean[0] * redScale, mean[1] * greenScale, mean[2] * blueScale]
  for (let i = 0; i < pixels.length; i += 3) {
    pixels[i] = pixels[i]! * redScale - red
    pixels[i + 1] = pixels[i + 1]! * greenScale - green
    pixels[i + 2] = pixels[i + 2]! * blueScale - blue
  }
}
