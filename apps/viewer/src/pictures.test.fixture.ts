import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tensor } from '@mode-ood/core'
import { writeSafetensors } from '@mode-ood/safetensors'
import sharp from 'sharp'
import type { ArrangedRun } from './run.test.fixture.ts'

const side = 16

/** Adds pictures of all test images, and of ten training images, to a run: every picture is one plain colour. */
export async function addPictures(directory: string, { results }: ArrangedRun): Promise<void> {
  const tests = [results.id.test, ...results.ood].map(({ name, count }) => ({
    name,
    names: Array.from({ length: count }, (_, i) => `${name}/${i}.png`),
    rows: null,
  }))
  const training = { name: 'id.train', names: Array.from({ length: 10 }, (_, i) => `train/${i}.png`), rows: range(10) }
  const sets = [...tests, training]
  writeFileSync(join(directory, 'images.json'), JSON.stringify({ version: 1, tileSize: 8, side, sets }))
  const total = sets.reduce((sum, { names }) => sum + names.length, 0)
  for (let sheet = 0; sheet * side ** 2 < total; sheet++) {
    const pixels = Uint8Array.from({ length: (side * 8) ** 2 * 3 }, (_, i) => (Math.floor(i / 24) * 37 + sheet) % 256)
    const image = sharp(pixels, { raw: { width: side * 8, height: side * 8, channels: 3 } })
    await image.webp().toFile(join(directory, `images-${String(sheet).padStart(4, '0')}.webp`))
  }
}

/** Adds an explanation in which view `i % 6` of image i is the nearest, to training image `i % 10`. */
export function addExplanation(directory: string, { results }: ArrangedRun): void {
  const total = [results.id.test, ...results.ood].reduce((sum, { count }) => sum + count, 0)
  const [views, k] = [6, 3]
  const distances = Float32Array.from({ length: total * views }, (_, at) => {
    const image = Math.floor(at / views)
    return at % views === image % views ? 0.25 : 0.5 + (image % 7) / 10
  })
  const neighbors = Int32Array.from({ length: total * views * k }, (_, at) => {
    const image = Math.floor(at / (views * k))
    return ((image + (at % k)) % 10) * views + (at % views)
  })
  const integers = (shape: number[], data: Int32Array): Tensor => ({ dtype: 'I32', shape, data })
  const floats = (shape: number[], data: Float32Array): Tensor => ({ dtype: 'F32', shape, data })
  const half = { top: 0, bottom: 2, left: 0, right: 2 }
  const tensors = new Map<string, Tensor>([
    ['distances', floats([total, views], distances)],
    ['neighbors', integers([total, views, k], neighbors)],
    ['neighborDistances', floats([total, views, k], new Float32Array(neighbors.length).fill(0.125))],
    [
      'trainingLabels',
      integers(
        [10],
        Int32Array.from(range(10), (i) => i % 2),
      ),
    ],
    ['heatRows', integers([total], Int32Array.from(range(total)))],
    [
      'heat',
      floats(
        [total, 3, 3],
        Float32Array.from({ length: total * 9 }, (_, i) => i % 9),
      ),
    ],
  ])
  const metadata = {
    score: 'csd k=3',
    k: String(k),
    mapHeight: '4',
    mapWidth: '4',
    windowHeight: '2',
    windowWidth: '2',
    windows: JSON.stringify(Array.from({ length: views }, () => half)),
    classNames: '["cat","dog"]',
  }
  writeFileSync(join(directory, 'explanation.safetensors'), writeSafetensors(tensors, metadata))
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
