import { createMatrix, InvalidInputError, normalizeRows, type FeatureMap, type Views } from '@mode-ood/core'

/** A rectangle of positions: rows [top, bottom), columns [left, right). */
export interface ViewWindow {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/**
 * The six regions a feature map is looked at through: four quadrants (top left, top right, bottom left, bottom right), the
 * whole, the centre. The quadrants of odd sizes overlap as in adaptive pooling; the centre is rows and columns
 * [floor(size / 4), ceil(3 size / 4)).
 */
export function viewWindows(height: number, width: number): ViewWindow[] {
  const half = (size: number, i: number): [number, number] => [
    Math.floor((i * size) / 2),
    Math.ceil(((i + 1) * size) / 2),
  ]
  const middle = (size: number): [number, number] => [Math.floor(size / 4), Math.ceil((3 * size) / 4)]
  const window = ([top, bottom]: [number, number], [left, right]: [number, number]) => ({ top, bottom, left, right })
  return [
    window(half(height, 0), half(width, 0)),
    window(half(height, 0), half(width, 1)),
    window(half(height, 1), half(width, 0)),
    window(half(height, 1), half(width, 1)),
    window([0, height], [0, width]),
    window(middle(height), middle(width)),
  ]
}

/**
 * The six multi-scale vectors of every image: means of the last feature map (after ReLU, before pooling) over the regions of
 * `viewWindows`, each divided by its L2 norm + 1e-10. Sums are taken in float64. A region of zeros gives a zero vector.
 *
 * From "From Global to Local: Multi-scale Out-of-distribution Detection", IEEE TIP 2023, arXiv 2308.10239.
 *
 * @param map [count, height, width, channels], at least 1 x 1.
 * @returns [count, 6, channels]
 * @throws InvalidInputError when the data do not fit the shape.
 */
export function multiScaleViews(map: FeatureMap): Views {
  const { count, height, width, channels, data } = map
  if (height < 1 || width < 1 || channels < 1 || data.length !== count * height * width * channels) {
    throw new InvalidInputError(
      `a feature map [${count}, ${height}, ${width}, ${channels}] does not fit its ${data.length} values`,
    )
  }
  const windows = viewWindows(height, width)
  const means = createMatrix(count * windows.length, channels)
  const sums = new Float64Array(channels)
  for (let image = 0; image < count; image++) {
    for (const [view, window] of windows.entries()) {
      addPositions(map, image, window, sums)
      const area = (window.bottom - window.top) * (window.right - window.left)
      const start = (image * windows.length + view) * channels
      for (let c = 0; c < channels; c++) means.data[start + c] = sums[c]! / area
    }
  }
  return { count, views: windows.length, dimension: channels, data: normalizeRows(means).data }
}

function addPositions(map: FeatureMap, image: number, window: ViewWindow, sums: Float64Array): void {
  const { height, width, channels, data } = map
  sums.fill(0)
  for (let y = window.top; y < window.bottom; y++) {
    for (let x = window.left; x < window.right; x++) {
      const start = ((image * height + y) * width + x) * channels
      for (let c = 0; c < channels; c++) sums[c]! += data[start + c]!
    }
  }
}
