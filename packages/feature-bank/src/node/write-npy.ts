import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { InvalidFileError } from '@mode-ood/core'
import { readManifest } from './bank-manifest.ts'
import { describeShard, readShard } from './read-shard.ts'

/** See `exportNpy`. */
export async function writeNpy(directory: string, file: string): Promise<void> {
  const manifest = await readManifest(directory)
  const beside = `${file}.${randomUUID().slice(0, 8)}.tmp`
  try {
    const output = await open(beside, 'wx')
    try {
      await output.appendFile(npyHeader(manifest.size, manifest.dimension))
      let start = 0
      for (const entry of manifest.shards) {
        const place = await describeShard(directory, manifest, entry, start)
        for await (const { buffer, byteOffset, byteLength } of readShard(place, manifest.dimension, entry)) {
          await output.appendFile(new Uint8Array(buffer, byteOffset, byteLength))
        }
        start += entry.rows
      }
      await output.sync()
    } finally {
      await output.close()
    }
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {})
    if (error instanceof InvalidFileError) throw error
    throw new InvalidFileError(file, `cannot be written (${(error as NodeJS.ErrnoException).code})`, { cause: error })
  }
}

/** Version 1.0 of the format: magic, length, a Python literal padded so that the data begin at a multiple of 64. */
function npyHeader(rows: number, columns: number): Uint8Array {
  const text = new TextEncoder().encode(`{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`)
  const length = Math.ceil((10 + text.length + 1) / 64) * 64
  const header = new Uint8Array(length).fill(0x20)
  header.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0])
  new DataView(header.buffer).setUint16(8, length - 10, true)
  header.set(text, 10)
  header[length - 1] = 0x0a
  return header
}
