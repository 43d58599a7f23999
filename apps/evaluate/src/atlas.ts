import sharp from 'sharp'
import type { Features } from './features.ts'
import { shrinkImage } from './shrink-image.ts'

/** Which images of a set get a picture. */
export interface Pictured {
  readonly features: Features
  /** Positions among the rows of the features, ascending; null: all. */
  readonly rows: readonly number[] | null
}

/** Pictures in a row and in a column of a sheet. */
const side = 16
const largestTile = 64
const quality = 75
const batchSize = 64

/**
 * Small pictures of images, many to a sheet, for the viewer: `images-0000.webp`, … and `images.json`, which says whose they
 * are. Images are read again from their files; sets that have none, only outputs of a model, are left out.
 *
 * @param imageSize width and height of the images, in pixels.
 * @returns the contents by the names of the files.
 */
export async function createAtlas(
  sets: readonly Pictured[],
  imageSize: number,
  onImages: (count: number) => void = () => {},
): Promise<Map<string, Uint8Array | string>> {
  const tileSize = Math.min(imageSize, largestTile)
  const files = new Map<string, Uint8Array | string>()
  const sheet = new Uint8Array((side * tileSize) ** 2 * 3)
  let tiles = 0
  const finishSheet = async () => {
    const raw = { width: side * tileSize, height: side * tileSize, channels: 3 as const }
    const name = `images-${String(Math.ceil(tiles / side ** 2) - 1).padStart(4, '0')}.webp`
    files.set(name, await sharp(sheet, { raw }).webp({ quality }).toBuffer())
    sheet.fill(0)
  }
  const listed: { name: string; names: string[]; rows: readonly number[] | null }[] = []
  for (const { features, rows } of sets) {
    const indices = await positions(features, rows)
    const { dataset, images } = features
    if (images === null) continue
    listed.push({ name: dataset.name, names: indices.map((index) => dataset.describe(index)), rows })
    for await (const { count, height, width, data } of images.batches({ batchSize, indices })) {
      for (let i = 0; i < count; i++) {
        const pixels = data.subarray(i * height * width * 3, (i + 1) * height * width * 3)
        placeTile(sheet, tileSize, tiles % side ** 2, shrinkImage({ height, width, data: pixels }, tileSize))
        tiles++
        if (tiles % side ** 2 === 0) await finishSheet()
      }
      onImages(count)
    }
  }
  if (tiles % side ** 2 !== 0) await finishSheet()
  files.set('images.json', JSON.stringify({ version: 1, tileSize, side, sets: listed }))
  return files
}

function placeTile(sheet: Uint8Array, tileSize: number, tile: number, pixels: Uint8Array): void {
  const [top, left] = [Math.floor(tile / side) * tileSize, (tile % side) * tileSize]
  for (let y = 0; y < tileSize; y++) {
    const row = pixels.subarray(y * tileSize * 3, (y + 1) * tileSize * 3)
    sheet.set(row, ((top + y) * side * tileSize + left) * 3)
  }
}

/** Where rows of features stand in their set: skipped images and `--limit` leave gaps. */
export async function positions(features: Features, rows: readonly number[] | null): Promise<number[]> {
  const all: number[] = []
  for await (const { indices } of features.batches()) all.push(...indices)
  return rows ? rows.map((row) => all[row]!) : all
}
