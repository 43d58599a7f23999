import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { readZipDirectory } from './read-zip-directory.ts'

/** An archive whose only entry and whose end are written as ZIP64 has them: sizes and places in 64 bits. */
function largeArchive(sizes: {
  readonly size: bigint
  readonly compressedSize: bigint
  readonly offset: bigint
}): Buffer {
  const name = Buffer.from('large')
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(8, 10)
  entry.writeUInt32LE(7, 16)
  for (const at of [20, 24, 42]) entry.writeUInt32LE(0xffffffff, at)
  entry.writeUInt16LE(name.length, 28)
  entry.writeUInt16LE(9 + 28, 30)
  const extra = Buffer.alloc(9 + 28)
  extra.writeUInt16LE(0x7875, 0) // another field first
  extra.writeUInt16LE(5, 2)
  extra.writeUInt16LE(1, 9)
  extra.writeUInt16LE(24, 11)
  for (const [i, value] of [sizes.size, sizes.compressedSize, sizes.offset].entries())
    extra.writeBigUInt64LE(value, 13 + 8 * i)
  const directory = Buffer.concat([entry, name, extra])
  const end64 = Buffer.alloc(56)
  end64.writeUInt32LE(0x06064b50, 0)
  end64.writeBigUInt64LE(BigInt(directory.length), 40)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(directory.length), 8)
  const end = Buffer.alloc(22, 0xff)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(0, 20)
  return Buffer.concat([directory, end64, locator, end])
}

test('an archive beyond 4 GB is read by its 64-bit fields', async () => {
  const sizes = { size: 5_000_000_000n, compressedSize: 4_500_000_000n, offset: 4_800_000_000n }
  const path = join(temporaryDirectory(), 'large.zip')
  writeFileSync(path, largeArchive(sizes))
  const file = await open(path)
  const entries = await readZipDirectory(file, path)
  await file.close()
  expect([...entries.values()]).toEqual([
    { name: 'large', method: 8, crc32: 7, size: 5_000_000_000, compressedSize: 4_500_000_000, offset: 4_800_000_000 },
  ])
})
