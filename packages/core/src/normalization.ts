import { InvalidOptionError } from './errors.ts'

/** Of pixels in 0..1, per channel: (x - mean) / std. */
export interface Normalization {
  readonly mean: readonly [red: number, green: number, blue: number]
  readonly std: readonly [red: number, green: number, blue: number]
}

/**
 * The normalised value of every byte, [3, 256]: (x / 255 - mean) / std in float32, step by step as torchvision's `ToTensor`
 * and `Normalize` round it.
 *
 * @throws InvalidOptionError when a mean is not finite or a std not positive.
 */
export function normalizedBytes({ mean, std }: Normalization): Float32Array<ArrayBuffer> {
  const table = new Float32Array(3 * 256)
  for (let channel = 0; channel < 3; channel++) {
    const [centre, scale] = [mean[channel]!, std[channel]!]
    if (!Number.isFinite(centre)) throw new InvalidOptionError(`mean must hold finite numbers, not ${centre}`)
    if (!(scale > 0 && scale < Infinity)) throw new InvalidOptionError(`std must hold positive numbers, not ${scale}`)
    for (let byte = 0; byte < 256; byte++) {
      const shifted = Math.fround(Math.fround(byte / 255) - Math.fround(centre))
      table[channel * 256 + byte] = Math.fround(shifted / Math.fround(scale))
    }
  }
  return table
}

/** Every pixel looked up in a table of {@link normalizedBytes}; `bytes` are red, green, blue in turns. */
export function applyNormalization(bytes: Uint8Array, table: Float32Array): Float32Array<ArrayBuffer> {
  const pixels = new Float32Array(bytes.length)
  for (let i = 0; i < bytes.length; i += 3) {
    pixels[i] = table[bytes[i]!]!
    pixels[i + 1] = table[256 + bytes[i + 1]!]!
    pixels[i + 2] = table[512 + bytes[i + 2]!]!
  }
  return pixels
}
