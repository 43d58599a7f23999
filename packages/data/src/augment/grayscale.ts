import { luma, type FloatPixels } from './float-pixels.ts'

/** Replaces every pixel by the grey of its brightness, in place. */
export function grayscale(data: FloatPixels): void {
  for (let i = 0; i < data.length; i += 3) {
    data[i] = data[i + 1] = data[i + 2] = luma(data[i]!, data[i + 1]!, data[i + 2]!)
  }
}
