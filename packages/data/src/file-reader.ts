import { basename, join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { hashFiles, resizeVersion } from './content-hash.ts'
import type { ImageReader } from './create-dataset.ts'
import type { ResizeConfig } from './dataset-config.ts'
import { decodeImage, decoderVersion } from './decode-image.ts'
import { createFitImage } from './fit-image.ts'
import type { ImageFiles } from './image-file.ts'
import { mapInOrder } from './map-in-order.ts'

export interface FileReaderOptions {
  readonly name: string
  readonly resize: ResizeConfig
  readonly imageSize: number | undefined
  /** Leave unreadable images out instead of failing. */
  readonly skipCorrupt: boolean
}

/** Files decoded at a time, and what they may take decoded all together: a photograph of 12 megapixels takes 36 MB. */
const filesAtOnce = 64
const decodedBytesAtOnce = 128 * 2 ** 20

/** A reader of image files. Without `imageSize` all images must have the size of the first readable one. */
export async function createFileReader(files: ImageFiles, options: FileReaderOptions): Promise<ImageReader> {
  const { root, names, labels } = files
  const { imageSize, skipCorrupt } = options
  const path = (index: number): string => join(root, names[index]!)
  const { width, height } = imageSize ? { width: imageSize, height: imageSize } : await firstSize(names, path, skipCorrupt)
  const resize: ResizeConfig = imageSize ? options.resize : { resize: 'none' }
  const fit = createFitImage(resize, width, height)
  const pixels = width * height * 3
  let largestBytes = decodedBytesAtOnce / 8
  let seen = 0

  async function load(index: number): Promise<{ index: number; data?: Uint8Array; error?: InvalidFileError }> {
    try {
      const image = await decodeImage(path(index))
      largestBytes = seen++ === 0 ? image.data.length : Math.max(largestBytes, image.data.length)
      return { index, data: fit(image, path(index)).data }
    } catch (error) {
      if (skipCorrupt && error instanceof InvalidFileError) return { index, error }
      throw error
    }
  }

  return {
    name: options.name,
    count: names.length,
    width,
    height,
    classes: files.classes,
    labelled: labels !== null,
    describe: (index) => `${basename(root)}/${names[index]!}`,
    contentHash: () =>
      hashFiles(pathsOf(names, path), {
        ...resizeVersion(resize, width, height),
        decoder: decoderVersion(),
        classes: files.classes,
        labels: labels && Array.from(labels),
      }),
    async *read(positions, { batchSize, signal, onSkip }) {
      const limit = (): number => Math.max(2, Math.min(filesAtOnce, Math.floor(decodedBytesAtOnce / largestBytes)))
      let start = 0
      let batch = startBatch(Math.min(batchSize, positions.length))
      for await (const { index, data, error } of mapInOrder(positions, limit, load)) {
        signal.throwIfAborted()
        start++
        if (error) onSkip({ file: error.file, reason: error.message.slice(error.file.length + 2) })
        if (!data) continue
        batch.data.set(data, batch.count * pixels)
        if (batch.labels) batch.labels[batch.count] = labels![index]!
        batch.indices[batch.count++] = index
        if (batch.count === batch.indices.length) {
          yield batch
          batch = startBatch(Math.min(batchSize, positions.length - start))
        }
      }
      const { count } = batch
      if (count === 0) return
      yield {
        ...batch,
        data: batch.data.subarray(0, count * pixels),
        labels: batch.labels && batch.labels.subarray(0, count),
        indices: batch.indices.subarray(0, count),
      }
    },
  }

  function startBatch(size: number): {
    count: number
    width: number
    height: number
    data: Uint8Array
    labels: Int32Array | null
    indices: Int32Array
  } {
    return {
      count: 0,
      width,
      height,
      data: new Uint8Array(size * pixels),
      labels: labels && new Int32Array(size),
      indices: new Int32Array(size),
    }
  }
}

function* pathsOf(names: readonly string[], path: (index: number) => string): Generator<string> {
  for (let i = 0; i < names.length; i++) yield path(i)
}

/** Size of the first image that can be read. */
async function firstSize(
  names: readonly string[],
  path: (index: number) => string,
  skipCorrupt: boolean,
): Promise<{ width: number; height: number }> {
  for (let index = 0; ; index++) {
    try {
      return await decodeImage(path(index))
    } catch (error) {
      if (!skipCorrupt || !(error instanceof InvalidFileError) || index === names.length - 1) throw error
    }
  }
}
