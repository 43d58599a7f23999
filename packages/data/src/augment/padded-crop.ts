import type { Pixels } from '../resize-pixels.ts'

/** Where a part of an image with a black border begins. */
export interface PaddedCrop {
  /** Width of the border on every side. */
  readonly padding: number
  /** Counted in the image with its border. */
  readonly top: number
  readonly left: number
}

/**
 * The part of an image with a border that is as large as the image, written to `target`, mirrored left to right where asked:
 * torchvision's `pad`, `crop` and `hflip`.
 */
export function paddedCrop(image: Pixels, crop: PaddedCrop, mirrored: boolean, target: Uint8Array): void {
  const { width, height, data } = image
  const top = crop.top - crop.padding
  const left = crop.left - crop.padding
  const [firstColumn, endColumn] = [Math.max(0, -left), Math.min(width, width - left)]
  const step = mirrored ? -3 : 3
  target.fill(0)
  for (let y = Math.max(0, -top); y < Math.min(height, height - top); y++) {
    let from = ((top + y) * width + left + firstColumn) * 3
    let to = (y * width + (mirrored ? width - 1 - firstColumn : firstColumn)) * 3
    for (let x = firstColumn; x < endColumn; x++, from += 3, to += step) {
      target[to] = data[from]!
      target[to + 1] = data[from + 1]!
      target[to + 2] = data[from + 2]!
    }
  }
}
