import { crc32 } from 'node:zlib'
import type { Fail } from './fail.ts'

const endSignature = 0x06054b50
const wideLocatorSignature = 0x07064b50
const wideEndSignature = 0x06064b50
const entrySignature = 0x02014b50
const localSignature = 0x04034b50
/** What a 32-bit field holds when its value stands in the zip64 extra field. */
const wide = 0xffffffff

interface Entry {
  readonly name: string
  /** Uncompressed. */
  readonly isStored: boolean
  readonly size: number
  /** Where its local header begins. */
  readonly local: number
  readonly checkSum: number
}

/**
 * The uncompressed entries of a zip archive (zip64 too) as views on its bytes, without the archive's top folder.
 *
 * PyTorch stores entries as they are (but the source code of TorchScript), so no decompression is needed and none is done, and what a general library adds would
 * be a copy of every weight; those at hand also leave the check sums unchecked or read asynchronously only. Every entry's
 * CRC is checked, no name may come twice and entries may not overlap.
 */
export function openArchive(bytes: Uint8Array, fail: Fail): Map<string, Uint8Array> {
  const archive = createReader(bytes, fail)
  const { at, count } = findDirectory(archive)
  const entries = new Map<string, Uint8Array>()
  let next = at
  let total = 0
  for (let i = 0; i < count; i++) {
    const { entry, end } = readEntry(archive, next, fail)
    next = end
    if (!entry.isStored) continue
    total += entry.size
    // Else a small file could name the same bytes a million times, each time to be checked.
    if (total > bytes.length) fail('is a damaged zip archive: its entries overlap')
    const name = entry.name.slice(entry.name.indexOf('/') + 1)
    if (entries.has(name)) fail(`is a damaged zip archive: it holds ${name} twice`)
    const content = readContent(archive, entry)
    if (crc32(content) !== entry.checkSum) fail(`entry ${name} does not have its check sum: the file is damaged`)
    entries.set(name, content)
  }
  return entries
}

/** Numbers of the file, and a refusal where it ends before them. */
interface Reader {
  readonly length: number
  uint16(at: number): number
  uint32(at: number): number
  uint64(at: number): number
  bytes(at: number, length: number): Uint8Array
  torn(): never
}

function createReader(bytes: Uint8Array, fail: Fail): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const torn = () => fail('is a zip archive without a whole directory: it is torn')
  const within = (at: number, length: number): number => {
    const inside = Number.isSafeInteger(at) && at >= 0 && length >= 0 && at + length <= bytes.length
    return inside ? at : torn()
  }
  return {
    length: bytes.length,
    uint16: (at) => view.getUint16(within(at, 2), true),
    uint32: (at) => view.getUint32(within(at, 4), true),
    uint64: (at) => Number(view.getBigUint64(within(at, 8), true)),
    bytes: (at, length) => bytes.subarray(within(at, length), at + length),
    torn,
  }
}

/** The end record comes last, behind it at most a comment of 65,535 bytes. */
function findDirectory(archive: Reader): { at: number; count: number } {
  const last = archive.length - 22
  const first = Math.max(0, last - 0xffff)
  for (let end = last; end >= first; end--) {
    if (archive.uint32(end) !== endSignature) continue
    const locator = end - 20
    if (locator < 0 || archive.uint32(locator) !== wideLocatorSignature) {
      return { at: archive.uint32(end + 16), count: archive.uint16(end + 10) }
    }
    const wideEnd = archive.uint64(locator + 8)
    if (archive.uint32(wideEnd) !== wideEndSignature) archive.torn()
    return { at: archive.uint64(wideEnd + 48), count: archive.uint64(wideEnd + 32) }
  }
  return archive.torn()
}

/** An entry of the directory at `at`, and where the next one begins. */
function readEntry(archive: Reader, at: number, fail: Fail): { entry: Entry; end: number } {
  if (archive.uint32(at) !== entrySignature) archive.torn()
  const nameLength = archive.uint16(at + 28)
  const extraLength = archive.uint16(at + 30)
  const name = new TextDecoder().decode(archive.bytes(at + 46, nameLength))
  const fields = { size: archive.uint32(at + 24), stored: archive.uint32(at + 20), local: archive.uint32(at + 42) }
  const { size, stored, local } = widen(archive, fields, at + 46 + nameLength, extraLength)
  const isStored = archive.uint16(at + 10) === 0
  if (isStored && size !== stored) fail(`entry ${name} has two different sizes: the file is damaged`)
  const end = at + 46 + nameLength + extraLength + archive.uint16(at + 32)
  return { entry: { name, isStored, size, local, checkSum: archive.uint32(at + 16) }, end }
}

/** The zip64 extra field holds, in this order, the values that did not fit. */
function widen<T extends Record<string, number>>(archive: Reader, fields: T, at: number, length: number): T {
  if (!Object.values(fields).includes(wide)) return fields
  let field = at
  while (field + 4 <= at + length && archive.uint16(field) !== 1) field += 4 + archive.uint16(field + 2)
  if (field + 4 > at + length) archive.torn()
  let next = field + 4
  const widened = Object.entries(fields).map(([name, value]) => {
    if (value !== wide) return [name, value]
    next += 8
    return [name, archive.uint64(next - 8)]
  })
  return Object.fromEntries(widened) as T
}

function readContent(archive: Reader, { local, size }: Entry): Uint8Array {
  if (archive.uint32(local) !== localSignature) archive.torn()
  return archive.bytes(local + 30 + archive.uint16(local + 26) + archive.uint16(local + 28), size)
}
