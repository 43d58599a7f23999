import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { PassThrough, pipeline } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { InvalidFileError } from '@mode-ood/core'
import { readAt } from './read-zip-directory.ts'
import type { ZipEntry } from './zip-entry.ts'

const stored = 0
const deflated = 8

/**
 * The content of a file in a ZIP archive, in a stream.
 *
 * @throws InvalidFileError at the end when it is not what the archive's directory says.
 */
export async function* readZipEntry(file: FileHandle, path: string, entry: ZipEntry): AsyncGenerator<Buffer> {
  const { name, method, compressedSize, offset } = entry
  if (method !== stored && method !== deflated) {
    throw new InvalidFileError(path, `holds ${name} in a form of compression that is not known`)
  }
  const torn = (cause?: unknown) => new InvalidFileError(path, `holds ${name} torn: download it again`, { cause })
  const header = await readAt(file, path, offset, 30)
  const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  let sum = 0
  let size = 0
  if (compressedSize > 0) {
    const bytes = createReadStream(path, { start, end: start + compressedSize - 1 })
    const content = method === stored ? new PassThrough() : createInflateRaw()
    // What goes wrong here destroys `content`, and so ends the loop.
    pipeline(bytes, content, () => {})
    try {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        sum = crc32(chunk, sum)
        size += chunk.length
        yield chunk
      }
    } catch (error) {
      throw torn(error)
    }
  }
  if (size !== entry.size || sum !== entry.crc32) throw torn()
}
