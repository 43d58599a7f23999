import type { ImageBatch } from './dataset.ts'

/** Shape of every image of a set and its labels, if it has any. */
export interface BatchShape {
  readonly height: number
  readonly width: number
  readonly labels: Int32Array | null
}

/** One image that was read, at its position in the set. */
export interface PlacedImage {
  readonly index: number
  readonly data: Uint8Array
}

/** Gathers single images into batches, all full but the last. At most `expected` images come. */
export async function* collectBatches(
  images: AsyncIterable<PlacedImage>,
  { height, width, labels }: BatchShape,
  batchSize: number,
  expected: number,
): AsyncGenerator<ImageBatch> {
  const size = Math.min(batchSize, expected)
  const pixels = height * width * 3
  let data = new Uint8Array(size * pixels)
  let indices = new Int32Array(size)
  let count = 0
  const take = (): ImageBatch => ({
    count,
    height,
    width,
    data: data.subarray(0, count * pixels),
    labels: labels && indices.subarray(0, count).map((index) => labels[index]!),
    indices: indices.subarray(0, count),
  })
  for await (const image of images) {
    data.set(image.data, count * pixels)
    indices[count++] = image.index
    if (count < size) continue
    yield take()
    data = new Uint8Array(size * pixels)
    indices = new Int32Array(size)
    count = 0
  }
  if (count > 0) yield take()
}
