import { crc32 } from 'node:zlib'
import { InvalidFileError, ModeOodError } from '@mode-ood/core'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { longestNpyHeader, parseNpyHeader } from './parse-npy-header.ts'
import { arrayInFile, arrayInMemory, type StoredArray } from './stored-array.ts'

/**
 * The arrays of an .npz archive by their names, without `.npy`. Those of `numpy.savez` stay in the file and are read by parts;
 * those of `numpy.savez_compressed` are unpacked into memory. Check sums are checked, so every array is read once.
 *
 * @param wanted the names to open; all where it is null.
 * @throws InvalidFileError for a damaged archive, or an array that is none.
 */
export async function openNpz(path: string, wanted: ReadonlySet<string> | null): Promise<Map<string, StoredArray>> {
  try {
    const archive = await openPromise(path, { autoClose: false })
    try {
      const arrays = new Map<string, StoredArray>()
      for await (const entry of archive.eachEntry()) {
        const name = entry.fileName.replace(/\.npy$/, '')
        if (wanted === null || wanted.has(name)) arrays.set(name, await openEntry(archive, entry, path, name))
      }
      return arrays
    } finally {
      archive.close()
    }
  } catch (error) {
    if (error instanceof ModeOodError) throw error
    throw new InvalidFileError(path, `is a damaged zip archive: ${(error as Error).message}`, { cause: error })
  }
}

async function openEntry(archive: ZipFile, entry: Entry, path: string, name: string): Promise<StoredArray> {
  const label = `${path}: ${name}`
  const isStored = entry.compressionMethod === 0
  const kept: Buffer[] = []
  let length = 0
  let sum = 0
  for await (const chunk of await archive.openReadStreamPromise(entry)) {
    const bytes = chunk as Buffer
    sum = crc32(bytes, sum)
    if (!isStored || length < longestNpyHeader) kept.push(bytes)
    length += bytes.length
  }
  if (sum !== entry.crc32) throw new InvalidFileError(label, 'does not have its check sum: the file is damaged')
  const content = Buffer.concat(kept)
  const header = parseNpyHeader(content, { file: label, size: length })
  if (!isStored) return arrayInMemory(content, label, header)
  const { fileDataStart } = await archive.readLocalFileHeaderPromise(entry, { minimal: true })
  return arrayInFile(path, label, { ...header, start: fileDataStart + header.start })
}
