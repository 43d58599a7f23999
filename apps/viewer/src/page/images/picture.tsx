import type { VNode } from 'preact'
import { tileOf, type Atlas } from '../data/atlas.ts'

/** A part of a picture, in fractions of its sides. */
export interface Crop {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

const whole: Crop = { top: 0, left: 0, height: 1, width: 1 }

interface PictureProps {
  readonly atlas: Atlas
  readonly set: string
  readonly row: number
  /** Pixels of the longer side on the page. */
  readonly size: number
  readonly crop?: Crop
}

/** A picture of the atlas, or a part of it; an empty frame where the run keeps none. */
export function Picture({ atlas, set, row, size, crop = whole }: PictureProps): VNode {
  const style = pictureStyle(atlas, set, row, size, crop)
  return (
    <span class={style ? 'picture' : 'picture empty'} style={style ?? { width: `${size}px`, height: `${size}px` }} />
  )
}

/** How an element shows a picture as its background; null where the run keeps none. */
export function pictureStyle(
  atlas: Atlas,
  set: string,
  row: number,
  size: number,
  crop: Crop = whole,
): Record<string, string> | null {
  const found = atlas.set(set)
  const tile = found ? tileOf(found, row) : -1
  if (tile < 0) return null
  const perSheet = atlas.side ** 2
  const scale = size / Math.max(crop.height, crop.width)
  const column = tile % atlas.side
  const line = Math.floor((tile % perSheet) / atlas.side)
  return {
    width: `${scale * crop.width}px`,
    height: `${scale * crop.height}px`,
    backgroundImage: `url("${atlas.sheetUrl(Math.floor(tile / perSheet))}")`,
    backgroundSize: `${scale * atlas.side}px`,
    backgroundPosition: `${-scale * (column + crop.left)}px ${-scale * (line + crop.top)}px`,
    imageRendering: scale > atlas.tileSize ? 'pixelated' : 'auto',
  }
}
