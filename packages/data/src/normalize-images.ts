import { InvalidOptionError, type Images } from '@mode-ood/core'
import type { ImageBatch } from './dataset.ts'

/** Per channel, for pixels in 0..1. */
export interface Normalization {
  readonly mean: readonly [red: number, green: number, blue: number]
  readonly std: readonly [red: number, green: number, blue: number]
}

/**
 * (x / 255 - mean) / std of each channel in float32, step by step as torchvision's `ToTensor` and `Normalize` round it.
 *
 * @throws InvalidOptionError when a mean is not finite or a std not positive.
 */
export function normalizeImages(batch: ImageBatch, { mean, std }: Normalization): Images {
  const tables = [0, 1, 2].map((channel) => channelTable(mean[channel]!, std[channel]!))
  const [red, green, blue] = tables as [Float32Array, Float32Array, Float32Array]
  const { count, height, width, data: bytes } = batch
  const data = new Float32Array(bytes.length)
  for (let i = 0; i < bytes.length; i += 3) {
    data[i] = red[bytes[i]!]!
    data[i + 1] = green[bytes[i + 1]!]!
    data[i + 2] = blue[bytes[i + 2]!]!
  }
  return { count, height, width, data }
}

/** The normalised value of every byte. */
function channelTable(mean: number, std: number): Float32Array {
  if (!Number.isFinite(mean)) throw new InvalidOptionError(`mean must hold finite numbers, not ${mean}`)
  if (!(std > 0 && std < Infinity)) throw new InvalidOptionError(`std must hold positive numbers, not ${std}`)
  return Float32Array.from({ length: 256 }, (_, byte) =>
    Math.fround(Math.fround(Math.fround(byte / 255) - Math.fround(mean)) / Math.fround(std)),
  )
}
