/** Rows `top`..`bottom` and columns `left`..`right` of a feature map, ends excluded. */
export interface ViewWindow {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/**
 * The six windows of MODE's cross-scale decision on a map: quadrants (row-major), the whole, the centre.
 *
 * Quadrants of odd sizes overlap by a row or column, as PyTorch's adaptive pooling has it; the centre is rows and columns
 * floor(H/4) to ceil(3H/4). A side of one row is in both of its halves.
 */
export function viewWindows(height: number, width: number): ViewWindow[] {
  const quadrants = [0, 1].flatMap((row) => [0, 1].map((column) => window(half(height, row), half(width, column))))
  return [...quadrants, window([0, height], [0, width]), window(centre(height), centre(width))]
}

type Range = readonly [from: number, to: number]

const half = (extent: number, i: number): Range => [Math.floor((i * extent) / 2), Math.ceil(((i + 1) * extent) / 2)]
const centre = (extent: number): Range => [Math.floor(extent / 4), Math.ceil((3 * extent) / 4)]
const window = ([top, bottom]: Range, [left, right]: Range): ViewWindow => ({ top, bottom, left, right })
