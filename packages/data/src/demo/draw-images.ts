import { createRandom } from '@mode-ood/core'
import type { DemoSet } from './demo-sets.ts'
import { drawSheet, imageSize } from './draw-sheet.ts'

/** Images drawn in one call: what a call costs by itself is then a few per cent of the whole. */
const sheetLength = 32

/** Calls under way at a time: enough that every core of a small machine draws while the fragments are written. */
const callsAhead = 4

/** Bytes of an image. */
const imageBytes = imageSize * imageSize * 3

/** What decides an image, besides its number. */
export interface Drawing {
  readonly set: DemoSet
  /** Name of the set, a part of the seed. */
  readonly name: string
  readonly seed: number
}

/** SVG of image `index`, a function of set, seed and index alone. */
export function imageFragment({ set, name, seed }: Drawing, index: number): string {
  const draw = Object.values(set.variants)[variantOf(set, index)]!
  return draw(createRandom(seed).fork(name).fork(index), String(index))
}

/** The place of image `index` among the variants of its set. */
export const variantOf = (set: DemoSet, index: number): number => index % Object.keys(set.variants).length

/**
 * Draws the images at `indices`, in that order and one at a time, some sheets ahead of who takes them.
 *
 * Image i always lies at place i modulo 32 of its sheet, whatever else is on it: the last bit of a gradient may depend on
 * where it is drawn, and an image must not depend on what it is asked for with.
 */
export async function* drawImages(drawing: Drawing, indices: Iterable<number>): AsyncGenerator<Uint8Array> {
  const sheets = splitIntoSheets(indices)
  const ahead: Promise<Uint8Array>[] = []
  for (let next = 0, taken = 0; taken < sheets.length; taken++) {
    for (; next < sheets.length && ahead.length < callsAhead; next++) {
      const drawn = drawPlaces(drawing, sheets[next]!)
      // a failure surfaces where the sheet is taken, or nowhere when nobody comes to take it
      drawn.catch(() => undefined)
      ahead.push(drawn)
    }
    const pixels = await ahead.shift()!
    for (const index of sheets[taken]!) {
      const start = (index % sheetLength) * imageBytes
      yield pixels.subarray(start, start + imageBytes)
    }
  }
}

/** Cuts `indices` into runs that fit on one sheet each. */
function splitIntoSheets(indices: Iterable<number>): number[][] {
  const sheets: number[][] = []
  let number = -1
  for (const index of indices) {
    const sheet = Math.floor(index / sheetLength)
    if (sheet === number) sheets.at(-1)!.push(index)
    else sheets.push([index])
    number = sheet
  }
  return sheets
}

function drawPlaces(drawing: Drawing, indices: Iterable<number>): Promise<Uint8Array> {
  const places: (string | undefined)[] = Array.from({ length: sheetLength })
  for (const index of indices) places[index % sheetLength] = imageFragment(drawing, index)
  return drawSheet(places)
}
