import { crc32 } from './crc32.ts'

/**
 * The entries of a zip archive as views on its bytes, without the archive's top folder. torch stores entries as they are; a
 * compressed one is refused. Read from the central directory, with zip64; every entry's CRC is checked.
 */
export function openArchive(bytes: Uint8Array, fail: (message: string) => never): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const torn = (): never => fail('is a zip archive without a whole directory: it is torn')
  let end = bytes.length - 22
  while (end >= 0 && end > bytes.length - 22 - 65_536 && view.getUint32(end, true) !== 0x06054b50) end--
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) torn()
  let count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  if (end >= 20 && view.getUint32(end - 20, true) === 0x07064b50) {
    const wide = Number(view.getBigUint64(end - 12, true))
    if (wide + 56 > bytes.length) torn()
    count = Number(view.getBigUint64(wide + 32, true))
    at = Number(view.getBigUint64(wide + 48, true))
  }
  const entries = new Map<string, Uint8Array>()
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) torn()
    const nameLength = view.getUint16(at + 28, true)
    const extraLength = view.getUint16(at + 30, true)
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength))
    const extra = at + 46 + nameLength
    let size = view.getUint32(at + 24, true)
    let local = view.getUint32(at + 42, true)
    if (size === 0xffffffff || local === 0xffffffff) {
      let field = extra
      while (field + 4 < extra + extraLength && view.getUint16(field, true) !== 1)
        field += 4 + view.getUint16(field + 2, true)
      field += 4
      if (size === 0xffffffff) {
        size = Number(view.getBigUint64(field, true))
        field += view.getUint32(at + 20, true) === 0xffffffff ? 16 : 8
      }
      if (local === 0xffffffff) local = Number(view.getBigUint64(field, true))
    }
    if (view.getUint16(at + 10, true) !== 0)
      fail(`holds the compressed entry ${name}, and PyTorch stores them uncompressed`)
    if (local + 30 > bytes.length) torn()
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    if (start + size > bytes.length) torn()
    const content = bytes.subarray(start, start + size)
    if (crc32(content) !== view.getUint32(at + 16, true))
      fail(`entry ${name} does not have its check sum: the file is damaged`)
    entries.set(name.slice(name.indexOf('/') + 1), content)
    at += 46 + nameLength + extraLength + view.getUint16(at + 32, true)
  }
  return entries
}
