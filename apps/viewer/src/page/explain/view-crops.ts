import type { Explanation } from '../data/explanation.ts'
import type { Crop } from '../images/picture.tsx'

/** The names of the six views, in their order. */
export const viewNames = ['top left', 'top right', 'bottom left', 'bottom right', 'whole', 'centre'] as const

/** The part of an image that each view looks at, in fractions of its sides. */
export function viewCrops({ mapHeight, mapWidth, windows }: Explanation): Crop[] {
  return windows.map(({ top, bottom, left, right }) => ({
    top: top / mapHeight,
    left: left / mapWidth,
    height: (bottom - top) / mapHeight,
    width: (right - left) / mapWidth,
  }))
}
