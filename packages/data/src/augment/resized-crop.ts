import { filterTaps, type FilterTaps } from '../filter-taps.ts'
import type { Pixels } from '../resize-pixels.ts'
import type { FloatPixels } from './float-pixels.ts'

/** A part of an image, in whole pixels. */
export interface CropBox {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/** Resizes the part of an image that lies in `box` and writes it, mirrored left to right where asked. */
export type ResizedCrop = (image: Pixels, box: CropBox, mirrored: boolean, target: FloatPixels) => void

/**
 * Makes a function that resizes parts of images to `size`, bilinearly and without rounding: torchvision's `resized_crop` of a float
 * tensor with `antialias`, its default, so that where a part shrinks no pixel is skipped. Filters are kept from call to call.
 */
export function createResizedCrop(size: { readonly height: number; readonly width: number }): ResizedCrop {
  const tapsFrom = (target: number) => {
    const kept: FilterTaps[] = []
    return (source: number) => (kept[source] ??= filterTaps(source, target, { interpolation: 'bilinear' }))
  }
  const across = tapsFrom(size.width)
  const down = tapsFrom(size.height)
  const line = size.width * 3
  let rows = new Float32Array(size.height * line)
  return (image, box, mirrored, target) => {
    if (rows.length < box.height * line) rows = new Float32Array(box.height * line)
    resizeRows(image, box, across(box.width), mirrored, rows)
    resizeColumns(rows, down(box.height), line, target)
  }
}

/** The rows of the box at their new width: [box.height, width, 3], divided by 255. */
function resizeRows(
  { data, width }: Pixels,
  box: CropBox,
  { first, count, weights, stride, length }: FilterTaps,
  mirrored: boolean,
  rows: Float32Array,
): void {
  const step = mirrored ? -3 : 3
  for (let row = 0; row < box.height; row++) {
    const rowStart = ((box.top + row) * width + box.left) * 3
    let target = (row * length + (mirrored ? length - 1 : 0)) * 3
    for (let x = 0; x < length; x++, target += step) {
      let at = rowStart + first[x]! * 3
      let red = 0
      let green = 0
      let blue = 0
      const end = x * stride + count[x]!
      for (let tap = x * stride; tap < end; tap++, at += 3) {
        const weight = weights[tap]!
        red += weight * data[at]!
        green += weight * data[at + 1]!
        blue += weight * data[at + 2]!
      }
      rows[target] = red * (1 / 255)
      rows[target + 1] = green * (1 / 255)
      rows[target + 2] = blue * (1 / 255)
    }
  }
}

function resizeColumns(rows: Float32Array, taps: FilterTaps, line: number, target: Float32Array): void {
  const { first, count, weights, stride, length } = taps
  for (let y = 0; y < length; y++) {
    const start = y * line
    const source = first[y]! * line
    const tap = y * stride
    if (count[y] === 2) {
      const [upper, lower] = [weights[tap]!, weights[tap + 1]!]
      for (let x = 0; x < line; x++) target[start + x] = upper * rows[source + x]! + lower * rows[source + line + x]!
      continue
    }
    for (let x = 0; x < line; x++) {
      let sum = 0
      for (let i = 0; i < count[y]!; i++) sum += weights[tap + i]! * rows[source + i * line + x]!
      target[start + x] = sum
    }
  }
}
