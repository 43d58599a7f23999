import { clampFraction, type FloatPixels } from './float-pixels.ts'

/** Mixes an image with black, in place: 0 is black, 1 changes nothing, above 1 it gets brighter and is cut at white. */
export function adjustBrightness(data: FloatPixels, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] = clampFraction(factor * data[i]!)
}
