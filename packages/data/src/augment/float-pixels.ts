/** RGB of one image as fractions: [height, width, 3] in 0..1. */
export type FloatPixels = Float32Array

/** Brightness of a colour (ITU-R 601-2), with the digits that torchvision's tensor functions have. */
export function luma(red: number, green: number, blue: number): number {
  return 0.2989 * red + 0.587 * green + 0.114 * blue
}

export function clampFraction(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value
}
