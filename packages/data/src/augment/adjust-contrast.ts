import { clampFraction, luma, type FloatPixels } from './float-pixels.ts'

/** Mixes an image with the grey of its mean brightness, in place: 0 is that grey, 1 changes nothing. */
export function adjustContrast(data: FloatPixels, factor: number): void {
  let sum = 0
  for (let i = 0; i < data.length; i += 3) sum += luma(data[i]!, data[i + 1]!, data[i + 2]!)
  const offset = (1 - factor) * (sum / (data.length / 3))
  for (let i = 0; i < data.length; i++) data[i] = clampFraction(factor * data[i]! + offset)
}
