import { InvalidInputError, InvalidOptionError } from '@mode-ood/core'
import type { BatchOptions, Dataset, ImageBatch, SkippedImage } from './dataset.ts'
import { readAhead } from './read-ahead.ts'

/** What a reader provides; {@link createDataset} makes the rest of a dataset of it. */
export interface ImageReader extends Omit<Dataset, 'batches'> {
  /** Batches of the images at `positions`; `signal` is aborted when nobody wants more. */
  read(positions: Int32Array, options: ReadOptions): AsyncGenerator<ImageBatch>
}

export interface ReadOptions {
  readonly batchSize: number
  readonly signal: AbortSignal
  readonly onSkip: (skipped: SkippedImage) => void
}

/** A dataset over a reader: checks what is asked for, reads one batch ahead, stops the reader when the consumer stops. */
export function createDataset(reader: ImageReader): Dataset {
  return {
    name: reader.name,
    count: reader.count,
    height: reader.height,
    width: reader.width,
    classes: reader.classes,
    labelled: reader.labelled,
    describe: (index) => reader.describe(checkPosition(reader, index)),
    contentHash: () => reader.contentHash(),
    batches: (options) => readBatches(reader, options),
  }
}

async function* readBatches(reader: ImageReader, options: BatchOptions): AsyncGenerator<ImageBatch> {
  const { batchSize, onSkip = () => {} } = options
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new InvalidOptionError(`batchSize must be a positive integer, not ${batchSize}`)
  }
  const positions = choosePositions(reader, options)
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  signal.throwIfAborted()
  let images = 0
  try {
    for await (const batch of readAhead(reader.read(positions, { batchSize, signal, onSkip }))) {
      signal.throwIfAborted()
      images += batch.count
      yield batch
    }
  } finally {
    stop.abort()
  }
  if (images === 0 && positions.length > 0) {
    throw new InvalidInputError(`dataset "${reader.name}": none of the ${positions.length} images could be read`)
  }
}

function choosePositions(reader: ImageReader, { indices, limit }: BatchOptions): Int32Array {
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1)) {
    throw new InvalidOptionError(`limit must be a positive integer, not ${limit}`)
  }
  if (!indices) return Int32Array.from({ length: Math.min(reader.count, limit ?? reader.count) }, (_, i) => i)
  return Int32Array.from(indices.slice(0, limit), (index) => checkPosition(reader, index))
}

function checkPosition(reader: ImageReader, index: number): number {
  if (Number.isInteger(index) && index >= 0 && index < reader.count) return index
  throw new InvalidInputError(`dataset "${reader.name}" has images 0 to ${reader.count - 1}, not ${index}`)
}
