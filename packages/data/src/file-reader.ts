import { basename, join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { collectBatches, type PlacedImage } from './collect-batches.ts'
import { hashFiles, resizeVersion } from './content-hash.ts'
import type { ImageReader, ReadOptions } from './create-dataset.ts'
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
/** What an image is taken for before the first has been decoded. */
const unseenBytes = 16 * 2 ** 20

/** A reader of image files. Without `imageSize` all images must have the size of the first readable one. */
export async function createFileReader(files: ImageFiles, options: FileReaderOptions): Promise<ImageReader> {
  const { root, names, labels, classes } = files
  const { name, imageSize, skipCorrupt } = options
  const path = (index: number): string => join(root, names[index]!)
  const first = imageSize ? undefined : await firstReadable(pathsOf(files), skipCorrupt)
  const width = imageSize ?? first!.width
  const height = imageSize ?? first!.height
  const resize: ResizeConfig = imageSize ? options.resize : { resize: 'none' }
  const fit = createFitImage(resize, width, height)
  let largestBytes = 0

  async function load(index: number): Promise<PlacedImage | InvalidFileError> {
    const file = path(index)
    try {
      const image = await decodeImage(file)
      largestBytes = Math.max(largestBytes, image.data.length)
      return { index, data: fit(image, file).data }
    } catch (error) {
      if (skipCorrupt && error instanceof InvalidFileError) return error
      throw error
    }
  }

  function loadsAtOnce(): number {
    const affordable = Math.floor(decodedBytesAtOnce / (largestBytes || unseenBytes))
    return Math.max(2, Math.min(filesAtOnce, affordable))
  }

  async function* images(positions: Int32Array, { signal, onSkip }: ReadOptions): AsyncGenerator<PlacedImage> {
    for await (const image of mapInOrder(positions, loadsAtOnce, load)) {
      signal.throwIfAborted()
      if (!(image instanceof InvalidFileError)) yield image
      else onSkip({ file: image.file, reason: image.message.slice(`${image.file}: `.length) })
    }
  }

  return {
    name,
    count: names.length,
    width,
    height,
    classes,
    labelled: labels !== null,
    describe: (index) => `${basename(root)}/${names[index]!}`,
    contentHash() {
      const transform = resizeVersion(resize, width, height)
      const description = { transform, decoder: decoderVersion(), classes, labels: labels && Array.from(labels) }
      return hashFiles(pathsOf(files), description)
    },
    read: (positions, request) =>
      collectBatches(images(positions, request), { height, width, labels }, request.batchSize, positions.length),
  }
}

function* pathsOf({ root, names }: ImageFiles): Generator<string> {
  for (const name of names) yield join(root, name)
}

/** The first image that can be read; its size is that of the set. */
async function firstReadable(
  paths: Iterable<string>,
  skipCorrupt: boolean,
): Promise<{ width: number; height: number }> {
  let failure: unknown
  for (const path of paths) {
    try {
      return await decodeImage(path)
    } catch (error) {
      if (!skipCorrupt || !(error instanceof InvalidFileError)) throw error
      failure ??= error
    }
  }
  throw failure
}
