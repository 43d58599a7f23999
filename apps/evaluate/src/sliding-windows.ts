import { createMatrix, normalizeRows, type FeatureMap, type Matrix } from '@mode-ood/core'
import { viewWindows } from '@mode-ood/csd'

/** Size of the window that slides, and at how many places it fits. */
export interface Sliding {
  readonly windowHeight: number
  readonly windowWidth: number
  readonly rows: number
  readonly columns: number
}

/** A window as large as a quadrant view, moved by one position at a time. */
export function slidingOf(height: number, width: number): Sliding {
  const [first] = viewWindows(height, width) as [ReturnType<typeof viewWindows>[0]]
  const [windowHeight, windowWidth] = [first.bottom - first.top, first.right - first.left]
  return { windowHeight, windowWidth, rows: height - windowHeight + 1, columns: width - windowWidth + 1 }
}

/**
 * What a view would see at every place of the feature map: the mean of the window there, divided by its L2 norm as views are.
 *
 * @returns [count · rows · columns, channels]; the places of an image row by row.
 */
export function slidingWindows(map: FeatureMap): Matrix {
  const { count, height, width, channels, data } = map
  const { windowHeight, windowWidth, rows, columns } = slidingOf(height, width)
  const means = createMatrix(count * rows * columns, channels)
  for (let place = 0; place < means.rows; place++) {
    const image = Math.floor(place / (rows * columns))
    const top = Math.floor(place / columns) % rows
    const left = place % columns
    for (let c = 0; c < channels; c++) {
      let sum = 0
      for (let y = top; y < top + windowHeight; y++) {
        for (let x = left; x < left + windowWidth; x++) sum += data[((image * height + y) * width + x) * channels + c]!
      }
      means.data[place * channels + c] = sum / (windowHeight * windowWidth)
    }
  }
  return normalizeRows(means)
}
