import { createGunzip } from 'node:zlib'
import { InvalidFileError } from '@mode-ood/core'
import { openByteSource, type ByteSource } from './byte-source.ts'
import type { IdxConfig } from './dataset-config.ts'
import { inflateToDisk } from './inflate-to-disk.ts'
import { readRecords, type RecordFile } from './record-file.ts'
import type { RecordFormat } from './record-reader.ts'

/**
 * MNIST's idx files (http://yann.lecun.com/exdb/mnist/): big-endian counts, then bytes; grey images become RGB. Files that
 * begin with gzip's magic number are decompressed, whatever their name.
 *
 * @throws InvalidFileError when a file has another magic number, another size than its counts say, or not a label an image.
 */
export async function openIdx(config: IdxConfig, name: string, images: string, labels?: string): Promise<RecordFormat> {
  const pictures = await openArray(images, 3, 'images')
  const [height, width] = pictures.dimensions as [number, number]
  const classes = labels === undefined ? null : await openArray(labels, 1, 'labels')
  if (classes && classes.file.count !== pictures.file.count) {
    throw new InvalidFileError(
      labels!,
      `has ${classes.file.count} labels for the ${pictures.file.count} images of ${images}`,
    )
  }
  return {
    name,
    height,
    width,
    classes: null,
    records: [pictures.file],
    hashed: { files: labels === undefined ? [images] : [images, labels], options: { format: config.format } },
    decode(record, target) {
      for (let i = 0; i < record.length; i++) target[3 * i] = target[3 * i + 1] = target[3 * i + 2] = record[i]!
    },
    labels: classes && ((positions) => readRecords([classes.file], positions)),
  }
}

async function openArray(
  file: string,
  rank: number,
  what: string,
): Promise<{ file: RecordFile; dimensions: readonly number[] }> {
  const bytes = await openMaybeCompressed(file)
  const offset = 4 + 4 * rank
  if (bytes.size < offset) throw new InvalidFileError(file, `has ${bytes.size} bytes, too few for an idx header`)
  const header = new DataView(new ArrayBuffer(offset))
  await bytes.read(0, new Uint8Array(header.buffer))
  const magic = header.getUint32(0)
  if (magic !== 0x800 + rank) {
    const found = magic.toString(16).padStart(8, '0')
    throw new InvalidFileError(file, `begins with ${found} where idx ${what} begin with 0000080${rank}`)
  }
  const [count, ...dimensions] = Array.from({ length: rank }, (_, i) => header.getUint32(4 + 4 * i)) as [number]
  const recordSize = dimensions.reduce((product: number, length) => product * length, 1)
  if (count === 0 || recordSize === 0) throw new InvalidFileError(file, `holds no ${what}: its header says ${count}`)
  const expected = offset + count * recordSize
  if (bytes.size !== expected) {
    const state = bytes.size < expected ? 'truncated' : 'too long'
    throw new InvalidFileError(file, `is ${state}: ${count} ${what} take ${expected} bytes, but it has ${bytes.size}`)
  }
  return { file: { bytes, offset, recordSize, count }, dimensions }
}

async function openMaybeCompressed(file: string): Promise<ByteSource> {
  const plain = await openByteSource(file)
  if (plain.size < 2) return plain
  const magic = new Uint8Array(2)
  await plain.read(0, magic)
  return magic[0] === 0x1f && magic[1] === 0x8b ? inflateToDisk(file, createGunzip()) : plain
}
