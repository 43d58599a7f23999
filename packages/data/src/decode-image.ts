import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import sharp from 'sharp'
import { refuse } from './byte-source.ts'
import type { Pixels } from './resize-pixels.ts'

/** Extensions taken for images, in lower case. */
export const imageExtensions: ReadonlySet<string> = new Set(
  ['jpg', 'jpeg', 'png', 'webp', 'gif', 'bmp', 'tif', 'tiff', 'avif'].map((extension) => `.${extension}`),
)

/** Of an image, against files that would fill the memory: they decode to three bytes a pixel. */
const mostPixels = 0x3fff ** 2

/**
 * The pixels of an image file as RGB bytes, the way Pillow's `convert('RGB')` gives them: grey is replicated, alpha is dropped
 * (not blended), an embedded colour profile is not applied, only the first frame or page is taken; JPEG pixels are equal to
 * Pillow's. Unlike Pillow, EXIF orientation is applied, 16 bits are scaled to 8 and CMYK is converted by a colour profile.
 *
 * Decoding takes one thread of libuv's pool (four, UV_THREADPOOL_SIZE) and none of the caller's.
 *
 * @throws InvalidFileError when the file is absent, empty, truncated, damaged, larger than 268 million pixels or no image
 * that sharp reads.
 */
export async function decodeImage(file: string): Promise<Pixels> {
  prepareSharp()
  try {
    const image = sharp(file, { autoOrient: true, ignoreIcc: true, failOn: 'warning', limitInputPixels: mostPixels })
    const { data, info } = await image.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true })
    return { width: info.width, height: info.height, data: info.channels === 3 ? data : replicate(data) }
  } catch (error) {
    throw await explain(file, error)
  }
}

/** Identifies everything whose change could change decoded pixels. */
export function decoderVersion(): Record<string, string | undefined> {
  const { vips, sharp: binding, ...codecs } = sharp.versions as unknown as Record<string, string | undefined>
  const { mozjpeg, png, webp, tiff, heif, aom, cgif } = codecs
  return { sharp: binding, vips, mozjpeg, png, webp, tiff, heif, aom, cgif }
}

let prepared = false

/** Many images at a time, one thread each: quicker than many threads an image, and libvips keeps nothing it has read. */
function prepareSharp(): void {
  if (prepared) return
  prepared = true
  sharp.concurrency(1)
  sharp.cache(false)
}

function replicate(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3)
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i]!, 3 * i, 3 * i + 3)
  return rgb
}

async function explain(file: string, error: unknown): Promise<InvalidFileError> {
  const found = await stat(file).catch((reason: unknown) => refuse(file, reason))
  if (!found.isFile()) return new InvalidFileError(file, 'is not a file')
  if (found.size === 0) return new InvalidFileError(file, 'is empty (0 bytes)', { cause: error })
  if (extname(file).toLowerCase() === '.bmp') {
    return new InvalidFileError(file, 'BMP images are not supported: convert it to PNG', { cause: error })
  }
  const message = error instanceof Error ? error.message : String(error)
  const lines = message.split('\n').map((line) => line.trim())
  if (message.includes('exceeds pixel limit')) {
    return new InvalidFileError(file, `has more pixels than are decoded, ${mostPixels}: make it smaller`, {
      cause: error,
    })
  }
  const reason = lines.find((line) => line.length > 0) ?? 'unknown error'
  return new InvalidFileError(file, `is damaged or not an image (${reason.replaceAll(`${file}: `, '')})`, {
    cause: error,
  })
}
