import { basename } from 'node:path'
import { InvalidFileError, type Head, type Matrix, type Views } from '@mode-ood/core'
import { multiScaleViews } from '@mode-ood/csd'
import { argmaxRows, type FeatureBatch, type Features } from '../features.ts'
import { spread } from '../spread.ts'
import type { OutputSet } from './open-output-set.ts'
import { readFloats } from './read-floats.ts'
import type { StoredArray } from './stored-array.ts'

/** As many as a batch of images has. */
const batchSize = 256

export interface OutputFeaturesOptions {
  readonly head: Head | undefined
  readonly classes: number
  readonly limit: number | null
  /** Which of the outputs batches hold; the others are not read. */
  readonly needs: ReadonlySet<string>
}

/** Features whose batches are read from a set of stored outputs whenever they are gone through. */
export function outputFeatures(set: OutputSet, options: OutputFeaturesOptions): Features {
  const { name, count, files, hash, labels } = set
  const { head, classes, limit } = options
  const indices = limit === null || limit >= count ? null : spread(count, limit)
  const total = indices?.length ?? count
  return {
    dataset: {
      name,
      labelled: labels !== null,
      describe: (index) => `${basename(files[0]!)} row ${index}`,
      contentHash: async () => hash,
    },
    images: null,
    count: total,
    skipped: [],
    classes,
    async *batches() {
      for (let from = 0; from < total; from += batchSize) {
        const to = Math.min(from + batchSize, total)
        const rows = Int32Array.from({ length: to - from }, (_, i) => indices?.[from + i] ?? from + i)
        yield await readBatch(set, rows, { ...options, head })
      }
    },
  }
}

async function readBatch(
  set: OutputSet,
  rows: Int32Array,
  { head, needs }: OutputFeaturesOptions,
): Promise<FeatureBatch> {
  const { arrays, labels } = set
  const matrix = async (role: 'logits' | 'embedding'): Promise<Matrix | undefined> => {
    const array = arrays[role]
    if (!array || !needs.has(role)) return undefined
    return { rows: rows.length, columns: array.shape[1]!, data: await readRows(array, rows) }
  }
  const logits = await matrix('logits')
  return {
    head,
    logits,
    embedding: await matrix('embedding'),
    views: needs.has('views') ? await readViews(set, rows) : undefined,
    labels: labels ? rows.map((row) => labels[row]!) : logits ? argmaxRows(logits) : new Int32Array(rows.length),
    indices: rows,
  } as FeatureBatch
}

async function readViews({ arrays, layout }: OutputSet, rows: Int32Array): Promise<Views | undefined> {
  const { views, featureMap } = arrays
  if (views) {
    const [, perImage, dimension] = views.shape as [number, number, number]
    const data = await readRows(views, rows)
    checkUnitLength(views.name, data, { dimension, perImage, rows })
    return { count: rows.length, views: perImage, dimension, data }
  }
  if (!featureMap) return undefined
  const [, a, b, c] = featureMap.shape as [number, number, number, number]
  const [height, width, channels] = layout === 'nhwc' ? [a, b, c] : [b, c, a]
  const data = await readRows(featureMap, rows)
  const last = layout === 'nhwc' ? data : channelsLast(data, { count: rows.length, positions: b * c, channels: a })
  return multiScaleViews({ count: rows.length, height, width, channels, data: last })
}

/** Rows of an array, read in runs of neighbours. */
async function readRows(array: StoredArray, rows: Int32Array): Promise<Float32Array> {
  const length = array.shape.slice(1).reduce((product, extent) => product * extent, 1)
  const [first, last] = [rows[0]!, rows.at(-1)!]
  if (last - first === rows.length - 1) return readFloats(array, first, last + 1)
  const data = new Float32Array(rows.length * length)
  for (const [i, row] of rows.entries()) data.set(await readFloats(array, row, row + 1), i * length)
  return data
}

/** A norm may be off by what float16 rounds away; zero vectors stand for regions without activation. */
const lengthTolerance = 1e-2

function checkUnitLength(
  name: string,
  data: Float32Array,
  { dimension, perImage, rows }: { dimension: number; perImage: number; rows: Int32Array },
): void {
  for (let start = 0; start < data.length; start += dimension) {
    let squares = 0
    for (let i = start; i < start + dimension; i++) squares += data[i]! ** 2
    const norm = Math.sqrt(squares)
    if (norm === 0 || Math.abs(norm - 1) <= lengthTolerance) continue
    const view = start / dimension
    throw new InvalidFileError(
      name,
      `view ${view % perImage} of image ${rows[Math.floor(view / perImage)]} has the length ${norm.toPrecision(4)}, but views are of unit length: divide each by its norm`,
    )
  }
}

function channelsLast(
  data: Float32Array,
  { count, positions, channels }: { count: number; positions: number; channels: number },
): Float32Array {
  const moved = new Float32Array(data.length)
  for (let image = 0; image < count; image++) {
    const start = image * positions * channels
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < positions; p++) moved[start + p * channels + c] = data[start + c * positions + p]!
    }
  }
  return moved
}
