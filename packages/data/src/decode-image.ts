import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import sharp from 'sharp'
import { refuse } from './byte-source.ts'
import { isRasterImage } from './is-raster-image.ts'
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
  try {
    return await decode(file, mostPixels)
  } catch (error) {
    throw await explain(file, error)
  }
}

/** Who sent the bytes of an image, and what is taken of them. */
export interface DecodeBytesOptions {
  /** What the message calls the image. */
  readonly name: string
  /** Images with more pixels are refused before they are decoded; 268 million unless given. */
  readonly mostPixels?: number | undefined
}

/**
 * The pixels of an image that is in memory, as {@link decodeImage} gives those of a file. Bytes may come from anybody: only JPEG,
 * PNG, WebP, GIF, TIFF and AVIF are taken, not what else sharp reads, such as SVG.
 *
 * @throws InvalidFileError when the bytes are truncated, damaged or no image that sharp reads, or have too many pixels.
 */
export async function decodeImageBytes(
  bytes: Uint8Array,
  { name, mostPixels: most = mostPixels }: DecodeBytesOptions,
): Promise<Pixels> {
  if (bytes.length === 0) throw new InvalidFileError(name, 'is empty (0 bytes)')
  if (!isRasterImage(bytes)) {
    throw new InvalidFileError(name, 'is damaged or not an image (none of JPEG, PNG, WebP, GIF, TIFF and AVIF)')
  }
  try {
    return await decode(bytes, most)
  } catch (error) {
    throw new InvalidFileError(name, reasonOf(name, error, most), { cause: error })
  }
}

async function decode(source: string | Uint8Array, limitInputPixels: number): Promise<Pixels> {
  prepareSharp()
  const image = sharp(source, { autoOrient: true, ignoreIcc: true, failOn: 'warning', limitInputPixels })
  const { data, info } = await image.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: info.channels === 3 ? data : replicate(data) }
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
  return new InvalidFileError(file, reasonOf(file, error, mostPixels), { cause: error })
}

function reasonOf(file: string, error: unknown, most: number): string {
  const message = error instanceof Error ? error.message : String(error)
  if (message.includes('exceeds pixel limit')) return `has more pixels than are decoded, ${most}: make it smaller`
  const reason = message
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line.length > 0)
  return `is damaged or not an image (${(reason ?? 'unknown error').replaceAll(`${file}: `, '')})`
}
