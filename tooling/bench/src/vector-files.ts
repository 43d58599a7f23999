import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createMatrix, createRandom, normalizeRows } from '@mode-ood/core'
import { openModel } from '@mode-ood/inference'
import type { Settings } from './settings.ts'

/** Independent components; 100 classes; 10 classes of cosine .98, as SupCon makes them; views of real images. */
export const vectorKinds = ['uniform', 'clustered', 'tight', 'features'] as const
export type VectorKind = (typeof vectorKinds)[number]

/** A bank and queries as raw float32, row-major. */
export interface VectorFiles {
  readonly file: string
  readonly rows: number
  readonly queries: string
  readonly queryRows: number
  readonly dimension: number
}

/** Writes vectors of a kind; null where it needs data that are not there. */
export async function makeVectorFiles(
  kind: VectorKind,
  directory: string,
  settings: Settings,
): Promise<VectorFiles | null> {
  const files = { file: join(directory, 'bank.bin'), queries: join(directory, 'queries.bin') }
  if (kind === 'features') return writeFeatures(files, settings)
  const { vectors: rows, dimension, queries } = settings.bank
  const queryRows = Math.max(...queries)
  writeRows(files.file, kind, rows, dimension, 2)
  writeRows(files.queries, kind, queryRows, dimension, 3)
  return { ...files, rows, queryRows, dimension }
}

/** Noise beside a centre's length. */
const classes = { uniform: null, clustered: { count: 100, noise: 0.7 }, tight: { count: 10, noise: 0.143 } } as const

function writeRows(
  path: string,
  kind: Exclude<VectorKind, 'features'>,
  rows: number,
  dimension: number,
  seed: number,
): void {
  const shape = classes[kind]
  const centers = shape ? noise(shape.count * dimension, 1) : null
  const random = createRandom(seed)
  const step = 4096
  const file = openSync(path, 'w')
  for (let start = 0; start < rows; start += step) {
    const count = Math.min(step, rows - start)
    const values = noise(count * dimension, seed * 1_000_003 + start)
    if (shape)
      for (let at = 0; at < values.length; at += dimension) {
        const center = random.integer(shape.count) * dimension
        for (let i = 0; i < dimension; i++) values[at + i] = centers![center + i]! + shape.noise * values[at + i]!
      }
    writeSync(file, shape ? normalizeRows(createMatrix(count, dimension, values)).data : values)
  }
  closeSync(file)
}

/** Evenly distributed, of variance 1. */
function noise(length: number, seed: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length)
  let state = seed >>> 0
  for (let i = 0; i < length; i++) {
    // Numerical Recipes' generator: its upper bits are good enough for noise, and 150 million of them are needed.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    values[i] = (state / 2 ** 32 - 0.5) * Math.sqrt(12)
  }
  return values
}

/** CSD's views of CIFAR-10's images by a ResNet-20: of train_a the bank, of test_a the queries. */
async function writeFeatures(
  files: Pick<VectorFiles, 'file' | 'queries'>,
  { data, bank }: Settings,
): Promise<VectorFiles | null> {
  const checkpoint = data && join(data, 'models/resnet20_cifar10.safetensors')
  if (!checkpoint || !existsSync(checkpoint)) return null
  const model = await openModel({ architecture: 'cifar-resnet20', checkpoint, classes: 10 })
  const write = async (set: string, path: string, most: number) => {
    const images = readCifar(join(data, 'cifar10', set), most)
    const file = openSync(path, 'w')
    const step = 250
    for (let start = 0; start < images.count; start += step) {
      const count = Math.min(step, images.count - start)
      const pixels = images.data.subarray(start * imageLength, (start + count) * imageLength)
      writeSync(file, (await model.run({ count, height: 32, width: 32, data: pixels })).views.data)
    }
    closeSync(file)
    return images.count * 6
  }
  try {
    const rows = await write('train_a.bin', files.file, Number.POSITIVE_INFINITY)
    const queryRows = await write('test_a.bin', files.queries, Math.ceil(Math.max(...bank.queries) / 6))
    return { ...files, rows, queryRows, dimension: 64 }
  } finally {
    await model.close()
  }
}

const imageLength = 3072
const mean = [0.485, 0.456, 0.406]
const deviation = [0.229, 0.224, 0.225]

/** Records of a label and three planes, as NHWC, normalised. */
function readCifar(path: string, most: number): { count: number; data: Float32Array<ArrayBuffer> } {
  const bytes = readFileSync(path)
  const count = Math.min(most, bytes.length / (imageLength + 1))
  const data = new Float32Array(count * imageLength)
  for (let image = 0; image < count; image++) {
    for (let at = 0; at < imageLength; at++) {
      const channel = Math.floor(at / 1024)
      const value = bytes[image * (imageLength + 1) + 1 + at]! / 255
      data[image * imageLength + (at % 1024) * 3 + channel] = (value - mean[channel]!) / deviation[channel]!
    }
  }
  return { count, data }
}
