import { clampFraction, luma, type FloatPixels } from './float-pixels.ts'

/** Mixes every pixel with the grey of its brightness, in place: 0 is grey, 1 changes nothing. */
export function adjustSaturation(data: FloatPixels, factor: number): void {
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i]!
    const green = data[i + 1]!
    const blue = data[i + 2]!
    const offset = (1 - factor) * luma(red, green, blue)
    data[i] = clampFraction(factor * red + offset)
    data[i + 1] = clampFraction(factor * green + offset)
    data[i + 2] = clampFraction(factor * blue + offset)
  }
}
