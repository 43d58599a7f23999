import type { RunSource } from './run-source.ts'

/** Small pictures of the images of a run, many to a sheet. */
export interface Atlas {
  /** Width and height of a picture, in pixels. */
  readonly tileSize: number
  /** The pictures of a set, in the order of its scores; null when the run keeps none of it. */
  set(name: string): AtlasSet | null
  sheetUrl(sheet: number): string
  /** Pictures in a row and in a column of a sheet. */
  readonly side: number
}

export interface AtlasSet {
  /** Position of its first picture among all. */
  readonly first: number
  /** What a person calls each image. */
  readonly names: readonly string[]
  /** Which rows of the set there are pictures of, ascending; null for all. */
  readonly rows: readonly number[] | null
}

interface AtlasFile {
  readonly version: number
  readonly tileSize: number
  readonly side: number
  readonly sets: readonly { readonly name: string; readonly names: string[]; readonly rows: number[] | null }[]
}

/** @throws Error, in a sentence, when `images.json` is damaged or of another version. */
export function loadAtlas(bytes: Uint8Array, source: RunSource): Atlas {
  const { tileSize, side, sets } = parseAtlas(new TextDecoder().decode(bytes), source.name)
  const byName = new Map<string, AtlasSet>()
  let first = 0
  for (const { name, names, rows } of sets) {
    byName.set(name, { first, names, rows })
    first += names.length
  }
  const urls = new Map<number, string>()
  return {
    tileSize,
    side,
    set: (name) => byName.get(name) ?? null,
    sheetUrl(sheet) {
      const url = urls.get(sheet) ?? source.url(`images-${String(sheet).padStart(4, '0')}.webp`)
      urls.set(sheet, url)
      return url
    },
  }
}

function parseAtlas(text: string, run: string): AtlasFile {
  const file = `${run}/images.json`
  let value: AtlasFile
  try {
    value = JSON.parse(text) as AtlasFile
  } catch {
    throw new Error(`${file}: it is cut short or damaged: run the evaluation again`)
  }
  if (value?.version !== 1 || !Array.isArray(value.sets)) throw new Error(`${file}: is not a version 1 list of images`)
  return value
}

/** Where the picture of a row of a set is; -1 when there is none. */
export function tileOf({ first, rows, names }: AtlasSet, row: number): number {
  if (rows === null) return row < names.length ? first + row : -1
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rows[middle]! < row) low = middle + 1
    else high = middle
  }
  return rows[low] === row ? first + low : -1
}
