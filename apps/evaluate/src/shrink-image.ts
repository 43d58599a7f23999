/** RGB bytes, [height, width, 3]. */
export interface Pixels {
  readonly height: number
  readonly width: number
  readonly data: Uint8Array
}

/** The image at `size` x `size` pixels, each the mean of the area it covers (nearest where it grows). */
export function shrinkImage({ height, width, data }: Pixels, size: number): Uint8Array {
  if (height === size && width === size) return data
  const small = new Uint8Array(size * size * 3)
  const span = (i: number, length: number): [number, number] => {
    const first = Math.floor((i * length) / size)
    return [first, Math.max(first + 1, Math.floor(((i + 1) * length) / size))]
  }
  for (let y = 0; y < size; y++) {
    const [top, bottom] = span(y, height)
    for (let x = 0; x < size; x++) {
      const [left, right] = span(x, width)
      const sums = [0, 0, 0]
      for (let sy = top; sy < bottom; sy++) {
        for (let sx = left; sx < right; sx++) {
          for (let c = 0; c < 3; c++) sums[c]! += data[(sy * width + sx) * 3 + c]!
        }
      }
      const area = (bottom - top) * (right - left)
      for (let c = 0; c < 3; c++) small[(y * size + x) * 3 + c] = Math.round(sums[c]! / area)
    }
  }
  return small
}
