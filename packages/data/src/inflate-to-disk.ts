import { randomUUID } from 'node:crypto'
import { closeSync, createReadStream, read as readDescriptor, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { InvalidFileError } from '@mode-ood/core'
import { fill, type ByteSource } from './byte-source.ts'

const readAt = promisify(readDescriptor)

/** A byte source nobody refers to any more gives its disk space back. */
const abandoned = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor))

/** Which bytes of a file are compressed; to its end by default. */
export interface CompressedRange {
  readonly start: number
  readonly length?: number
}

/**
 * Decompresses (part of) a file into a nameless temporary file, so that it can be read in any order without being held in
 * memory. The whole of it is checked on the way.
 *
 * @param decompressor `createGunzip()` or `createInflate()`.
 * @throws InvalidFileError when the data is truncated or damaged, or the temporary folder (TMPDIR) is full.
 */
export async function inflateToDisk(
  file: string,
  decompressor: Transform,
  { start, length = Infinity }: CompressedRange = { start: 0 },
): Promise<ByteSource> {
  const path = join(tmpdir(), `mode-ood-${randomUUID()}`)
  const descriptor = openSync(path, 'wx+', 0o600)
  rmSync(path)
  let size = 0
  try {
    const input = createReadStream(file, { start, end: start + length - 1 })
    await pipeline(input, decompressor, async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) size += writeAll(descriptor, chunk)
    })
  } catch (error) {
    closeSync(descriptor)
    const reason = error instanceof Error ? error.message : String(error)
    const place = reason.startsWith('ENOSPC') ? `there is no room for it in ${tmpdir()}` : reason
    throw new InvalidFileError(file, `could not be decompressed: ${place}`, { cause: error })
  }
  const source: ByteSource = {
    file,
    size,
    async read(position, target) {
      await fill(file, target, (offset) =>
        readAt(descriptor, target, offset, target.length - offset, position + offset),
      )
      // Keeps the source, and so the descriptor, alive until the read is done.
      void source.size
    },
  }
  abandoned.register(source, descriptor)
  return source
}

function writeAll(descriptor: number, chunk: Uint8Array): number {
  for (let offset = 0; offset < chunk.length;) offset += writeSync(descriptor, chunk, offset)
  return chunk.length
}
