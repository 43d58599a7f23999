import type { Random } from '@mode-ood/core'

/**
 * One piece of an object, in a box from -50 to 50 with y pointing down. `body`, `accent` and `detail` are filled areas;
 * `line` is a stroke of the given width.
 */
export interface Part {
  readonly role: 'body' | 'accent' | 'detail' | 'line'
  readonly path: string
  readonly width?: number
}

/** A kind of object: the pieces of one specimen, from back to front. Proportions and details vary from draw to draw. */
export type Kind = (random: Random) => readonly Part[]

export const body = (path: string): Part => ({ role: 'body', path })
export const accent = (path: string): Part => ({ role: 'accent', path })
export const detail = (path: string): Part => ({ role: 'detail', path })
export const line = (path: string, width: number): Part => ({ role: 'line', path, width })
