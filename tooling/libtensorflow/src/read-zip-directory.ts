import type { FileHandle } from 'node:fs/promises'
import { InvalidFileError } from '@mode-ood/core'
import type { ZipEntry } from './zip-entry.ts'

const endSignature = 0x06054b50
const end64LocatorSignature = 0x07064b50
const entrySignature = 0x02014b50
const longestEnd = 22 + 0xffff

/**
 * Lists a ZIP archive by its central directory, that of large archives (ZIP64) too.
 *
 * @throws InvalidFileError when the file is no archive, or torn.
 */
export async function readZipDirectory(file: FileHandle, path: string): Promise<Map<string, ZipEntry>> {
  const { size } = await file.stat()
  const tail = await readAt(file, path, Math.max(0, size - longestEnd), Math.min(size, longestEnd))
  const end = lastIndexOf(tail, endSignature)
  if (end < 0) throw new InvalidFileError(path, 'is no ZIP archive, or was not downloaded to its end')
  const { length, offset } = await directoryPlace(file, path, tail, end)
  return parseEntries(await readAt(file, path, offset, length), path)
}

/** `length` bytes from `position`. @throws InvalidFileError when the file ends before. */
export async function readAt(file: FileHandle, path: string, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  if (bytesRead < length) throw new InvalidFileError(path, 'ends in the middle of the archive')
  return buffer
}

function lastIndexOf(bytes: Buffer, signature: number): number {
  for (let i = bytes.length - 22; i >= 0; i--) if (bytes.readUInt32LE(i) === signature) return i
  return -1
}

async function directoryPlace(
  file: FileHandle,
  path: string,
  tail: Buffer,
  end: number,
): Promise<{ length: number; offset: number }> {
  const locator = end - 20
  if (locator < 0 || tail.readUInt32LE(locator) !== end64LocatorSignature) {
    return { length: tail.readUInt32LE(end + 12), offset: tail.readUInt32LE(end + 16) }
  }
  const end64 = await readAt(file, path, Number(tail.readBigUInt64LE(locator + 8)), 56)
  return { length: Number(end64.readBigUInt64LE(40)), offset: Number(end64.readBigUInt64LE(48)) }
}

function parseEntries(directory: Buffer, path: string): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>()
  let at = 0
  while (at < directory.length) {
    if (directory.readUInt32LE(at) !== entrySignature) throw new InvalidFileError(path, 'has a torn directory')
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((i) => directory.readUInt16LE(at + i))
    const extraStart = at + 46 + nameLength!
    const name = directory.toString('utf8', at + 46, extraStart)
    const large = largeNumbers(directory.subarray(extraStart, extraStart + extraLength!))
    const number = (i: number) => {
      const value = directory.readUInt32LE(at + i)
      return value === 0xffffffff ? large.next().value! : value
    }
    // In the order in which the large ones of them follow each other.
    const [size, compressedSize, offset] = [number(24), number(20), number(42)]
    const [method, crc32] = [directory.readUInt16LE(at + 10), directory.readUInt32LE(at + 16)]
    entries.set(name, { name, method, compressedSize, size, crc32, offset })
    at = extraStart + extraLength! + commentLength!
  }
  return entries
}

/** The 64-bit numbers of an entry's extra fields. */
function* largeNumbers(extra: Buffer): Generator<number, undefined> {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    for (let i = at + 4; i + 8 <= at + 4 + extra.readUInt16LE(at + 2); i += 8) yield Number(extra.readBigUInt64LE(i))
  }
  return undefined
}
