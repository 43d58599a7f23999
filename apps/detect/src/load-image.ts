import { InvalidInputError } from '@mode-ood/core'
import { createFitImage, decodeImage, decodeImageBytes, type DecodeBytesOptions, type Pixels } from '@mode-ood/data'
import type { Detector, ImageBytes } from '@mode-ood/detector'
import { atMost } from './at-most.ts'

/** Makes of image files what a detector takes, by the resizing that lies in it. */
export interface ImageLoader {
  /** Of a file. @throws InvalidFileError when it is no image that can be decoded. */
  loadFile(file: string): Promise<Uint8Array>
  /** Of a file's content. @throws InvalidFileError likewise. */
  loadBytes(bytes: Uint8Array, options: DecodeBytesOptions): Promise<Uint8Array>
  /** Several loaded images as one batch. */
  stack(images: readonly Uint8Array[]): ImageBytes
}

/** @throws InvalidInputError for a detector without model or preprocessing: it takes no image files. */
export function createImageLoader({ parts: { model, preprocessing } }: Detector): ImageLoader {
  if (!model || !preprocessing)
    throw new InvalidInputError('the detector has no model or no preprocessing: it takes no image files')
  const { height, width } = model.inputSize
  const fit = createFitImage(preprocessing, width, height)
  // As many as libuv decodes in parallel: more would only hold decoded pixels, of which a large image has a hundred megabytes.
  const limited = atMost(4)
  const fitted = (pixels: Pixels, name: string) => fit(pixels, name).data
  return {
    loadFile: (file) => limited(async () => fitted(await decodeImage(file), file)),
    loadBytes: (bytes, options) => limited(async () => fitted(await decodeImageBytes(bytes, options), options.name)),
    stack(images) {
      const data = new Uint8Array(images.length * height * width * 3)
      for (const [i, image] of images.entries()) data.set(image, i * height * width * 3)
      return { count: images.length, height, width, data }
    },
  }
}
