import { basename } from 'node:path'
import type { ImageReader } from './create-dataset.ts'
import type { ResizeConfig } from './dataset-config.ts'
import { createFitImage } from './fit-image.ts'
import { hashFiles, resizeVersion } from './content-hash.ts'
import { locateRecord, readRecords, type RecordFile } from './record-file.ts'

/** Images stored raw, as records of one size. */
export interface RecordFormat {
  readonly name: string
  readonly height: number
  readonly width: number
  readonly classes: readonly string[] | null
  readonly records: readonly RecordFile[]
  /** Which record each image is, where some are left out. */
  readonly chosen?: Int32Array
  /** Files whose contents determine pixels and labels, and options that do. */
  readonly hashed: { readonly files: readonly string[]; readonly options: unknown }
  /** Writes a record's pixels to `target`, [height, width, 3]. */
  decode(record: Uint8Array, target: Uint8Array): void
  /** Labels of the records at `positions`, whose bytes are given one after the other; null where the set has none. */
  readonly labels: ((positions: Int32Array, records: Uint8Array) => Promise<ArrayLike<number>>) | null
}

/** A reader of raw records, resized to `imageSize` where one is given. */
export function createRecordReader(format: RecordFormat, resize: ResizeConfig, imageSize?: number): ImageReader {
  const { records, chosen } = format
  const height = imageSize ?? format.height
  const width = imageSize ?? format.width
  const fit = createFitImage(resize, width, height)
  const pixels = height * width * 3
  const recordSize = records[0]?.recordSize ?? 0
  const describe = (index: number): string => {
    const { file, record } = locateRecord(records, chosen?.[index] ?? index)
    return `${basename(file.bytes.file)}#${record}`
  }
  return {
    name: format.name,
    count: chosen?.length ?? records.reduce((sum, { count }) => sum + count, 0),
    height,
    width,
    classes: format.classes,
    labelled: format.labels !== null,
    describe,
    contentHash: () =>
      hashFiles(format.hashed.files, { ...resizeVersion(resize, width, height), options: format.hashed.options }),
    async *read(positions, { batchSize, signal }) {
      const native = new Uint8Array(format.height * format.width * 3)
      for (let start = 0; start < positions.length; start += batchSize) {
        signal.throwIfAborted()
        const indices = positions.slice(start, start + batchSize)
        const stored = chosen ? indices.map((index) => chosen[index]!) : indices
        const bytes = await readRecords(records, stored)
        const data = new Uint8Array(indices.length * pixels)
        const labels = format.labels && Int32Array.from(await format.labels(stored, bytes))
        for (let i = 0; i < indices.length; i++) {
          const record = bytes.subarray(i * recordSize, (i + 1) * recordSize)
          format.decode(record, native)
          const image = { width: format.width, height: format.height, data: native }
          data.set(fit(image, describe(indices[i]!)).data, i * pixels)
        }
        yield { count: indices.length, height, width, data, labels, indices }
      }
    },
  }
}
