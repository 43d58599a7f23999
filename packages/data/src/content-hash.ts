import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { refuse } from './byte-source.ts'
import type { ResizeConfig } from './dataset-config.ts'
import { mapInOrder } from './map-in-order.ts'

/** Raised whenever the same files would give other pixels or labels than before. */
const readerVersion = 1

/** Files hashed at a time: enough to keep the disk busy, few enough to stay small in memory. */
const hashedAtOnce = 16

/** SHA-256 in hex of a description (JSON) and the contents of files in their order; streamed. */
export async function hashFiles(files: Iterable<string>, description: unknown): Promise<string> {
  const total = createHash('sha256').update(JSON.stringify({ readerVersion, description }))
  for await (const digest of mapInOrder(files, () => hashedAtOnce, hashFile)) total.update(digest)
  return total.digest('hex')
}

/** What of the resizing determines the pixels. */
export function resizeVersion(config: ResizeConfig, width: number, height: number): object {
  const { resize = 'squash', resizeTo = null, interpolation = 'bilinear' } = config
  return { resize, resizeTo, interpolation, width, height }
}

async function hashFile(file: string): Promise<Buffer> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash).catch((error: unknown) => refuse(file, error))
  return hash.digest()
}
