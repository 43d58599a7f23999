import { InvalidFileError } from '@mode-ood/core'
import { openByteSource } from './byte-source.ts'
import { cifar100Coarse, cifar100Fine, cifar10Classes } from './cifar-classes.ts'
import type { Cifar100Config, Cifar10Config } from './dataset-config.ts'
import { locateRecord, type RecordFile } from './record-file.ts'
import type { RecordFormat } from './record-reader.ts'

const side = 32
const plane = side * side

/**
 * CIFAR-10 and CIFAR-100 binary files (https://www.cs.toronto.edu/~kriz/cifar.html): records of one label byte (two in
 * CIFAR-100: coarse, fine) and a plane each of red, green and blue.
 *
 * @param checkLabels whether a label that names no class is an error (when the record is read).
 * @throws InvalidFileError when a file is absent, empty or not a whole number of records.
 */
export async function openCifar(
  config: Cifar10Config | Cifar100Config,
  name: string,
  files: readonly string[],
  checkLabels: boolean,
): Promise<RecordFormat> {
  const labelBytes = config.format === 'cifar10' ? 1 : 2
  const labels = config.format === 'cifar100' ? (config.labels ?? 'fine') : null
  const classes = labels === null ? cifar10Classes : labels === 'fine' ? cifar100Fine : cifar100Coarse
  const labelAt = labels === 'fine' ? 1 : 0
  const recordSize = labelBytes + 3 * plane
  const records = await Promise.all(files.map((file) => openRecords(file, recordSize, config.format)))
  return {
    name,
    height: side,
    width: side,
    classes,
    records,
    hashed: { files, options: { format: config.format, labels } },
    decode: (record, target) => interleave(record.subarray(labelBytes), target),
    async labels(positions, bytes) {
      return positions.map((position, i) => {
        const label = bytes[i * recordSize + labelAt]!
        return checkLabels && label >= classes.length ? refuseLabel(records, position, label, classes.length) : label
      })
    },
  }
}

function refuseLabel(records: readonly RecordFile[], position: number, label: number, classes: number): never {
  const { file, record } = locateRecord(records, position)
  throw new InvalidFileError(
    file.bytes.file,
    `record ${record} has label ${label} where labels are 0 to ${classes - 1}`,
  )
}

async function openRecords(file: string, recordSize: number, format: string): Promise<RecordFile> {
  const bytes = await openByteSource(file)
  const count = Math.floor(bytes.size / recordSize)
  const rest = bytes.size - count * recordSize
  if (bytes.size === 0) throw new InvalidFileError(file, `is empty (0 bytes), but ${format} records were expected`)
  if (count === 0 || rest > 0) {
    throw new InvalidFileError(
      file,
      `has ${bytes.size} bytes, which is ${count} ${format} records of ${recordSize} bytes and ${rest} bytes more`,
    )
  }
  return { bytes, offset: 0, recordSize, count }
}

/** Colour planes to RGB pixels. */
function interleave(planes: Uint8Array, target: Uint8Array): void {
  for (let pixel = 0; pixel < plane; pixel++) {
    target[3 * pixel] = planes[pixel]!
    target[3 * pixel + 1] = planes[plane + pixel]!
    target[3 * pixel + 2] = planes[2 * plane + pixel]!
  }
}
