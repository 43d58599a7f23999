import type { Dataset, ImageBatch } from '../dataset.ts'

/** Images of a set by position, for going through them in another order each time. */
export interface ImageSource {
  readonly count: number
  /** Whether all images are in memory. */
  readonly isHeld: boolean
  /** The images at `positions`, in that order, as bytes of the caller's own. */
  read(positions: Int32Array): Promise<ImageBatch>
}

export interface ImageSourceOptions {
  /** Sets of at most so many bytes are read once and held; 2^30 by default. */
  readonly memory?: number
  /** Told of images read into memory. */
  readonly onRead?: (images: number) => void
}

/** Holds a set in memory where it fits, else reads images from their files whenever they are asked for. */
export async function openImageSource(dataset: Dataset, options: ImageSourceOptions = {}): Promise<ImageSource> {
  const { memory = 2 ** 30, onRead = () => {} } = options
  const { count, height, width } = dataset
  const size = height * width * 3
  if (count * size > memory) return { count, isHeld: false, read: (positions) => readFromFiles(dataset, positions) }
  const all = new Uint8Array(count * size)
  const labels = dataset.labelled ? new Int32Array(count) : null
  let held = 0
  for await (const batch of dataset.batches({ batchSize: 256 })) {
    all.set(batch.data, held * size)
    labels?.set(batch.labels!, held)
    held += batch.count
    onRead(batch.count)
  }
  return {
    count,
    isHeld: true,
    async read(positions) {
      const data = new Uint8Array(positions.length * size)
      for (const [i, at] of positions.entries()) data.set(all.subarray(at * size, (at + 1) * size), i * size)
      return {
        count: positions.length,
        height,
        width,
        data,
        labels: labels && positions.map((at) => labels[at]!),
        indices: positions,
      }
    },
  }
}

async function readFromFiles(dataset: Dataset, positions: Int32Array): Promise<ImageBatch> {
  for await (const batch of dataset.batches({ batchSize: positions.length, indices: [...positions] })) return batch
  throw new RangeError('no images were asked for')
}
