import type { Images, Random } from '@mode-ood/core'

/** Square RGB images in memory: [count, size, size, 3] bytes. */
export interface ImageSet {
  readonly count: number
  readonly size: number
  readonly data: Uint8Array
  readonly labels: Int32Array
}

/** What the demo's configuration says too: simple constants near the images' mean and standard deviation. */
export const normalization = { mean: 0.5, std: 0.25 }

/** Pixels that an image is moved by at most. */
const reach = 3

/**
 * The images at `indices`, normalised. With `augment` each is mirrored or not and moved by up to
 * three pixels, its border repeated.
 */
export function normalizedBatch(images: ImageSet, indices: ArrayLike<number>, augment?: Random): Images {
  const { size, data } = images
  const batch = new Float32Array(indices.length * size * size * 3)
  const inside = (position: number) => Math.min(size - 1, Math.max(0, position))
  const shift = () => (augment ? augment.integer(2 * reach + 1) - reach : 0)
  let target = 0
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * size * size
    const mirrored = augment !== undefined && augment.uniform() < 0.5
    const [down, right] = [shift(), shift()]
    for (let y = 0; y < size; y++) {
      const row = start + inside(y + down) * size
      for (let x = 0; x < size; x++) {
        const column = inside(x + right)
        const source = (row + (mirrored ? size - 1 - column : column)) * 3
        for (let c = 0; c < 3; c++) {
          batch[target++] = (data[source + c]! / 255 - normalization.mean) / normalization.std
        }
      }
    }
  }
  return { count: indices.length, height: size, width: size, data: batch }
}
