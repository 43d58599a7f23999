import { InvalidFileError } from '@mode-ood/core'
import type { SvhnConfig } from './dataset-config.ts'
import { readMat5, readNumbers, type MatArray } from './mat5.ts'
import type { RecordFormat } from './record-reader.ts'

const side = 32
const plane = side * side
const digits = 10

/**
 * Street View House Numbers, cropped digits (http://ufldl.stanford.edu/housenumbers/): a MATLAB 5 file with X
 * [32, 32, 3, n], column-major, and y [n, 1] in which 10 means the digit 0.
 *
 * @throws InvalidFileError when the file is torn or X and y are absent, of another shape, or hold a label that is no digit.
 */
export async function openSvhn(config: SvhnConfig, name: string, file: string): Promise<RecordFormat> {
  const arrays = await readMat5(file)
  const images = requireArray(file, arrays, 'X')
  const [height, width, channels, count] = images.dimensions
  if (images.type !== 'uint8' || height !== side || width !== side || channels !== 3 || !count) {
    throw new InvalidFileError(
      file,
      `X is ${images.type} [${images.dimensions.join(', ')}] where uint8 [32, 32, 3, n] is expected`,
    )
  }
  const labels = await readLabels(file, requireArray(file, arrays, 'y'), count)
  const { limitPerClass = null } = config
  return {
    name,
    height: side,
    width: side,
    classes: Array.from({ length: digits }, (_, digit) => String(digit)),
    records: [{ bytes: images.bytes, offset: images.offset, recordSize: 3 * plane, count }],
    ...(limitPerClass === null ? {} : { chosen: firstOfEachClass(labels, limitPerClass) }),
    hashed: { files: [file], options: { format: config.format, limitPerClass } },
    decode: transpose,
    labels: async (positions) => positions.map((position) => labels[position]!),
  }
}

function requireArray(file: string, arrays: ReadonlyMap<string, MatArray>, name: string): MatArray {
  const array = arrays.get(name)
  if (array) return array
  const found = [...arrays.keys()].join(', ') || 'none'
  throw new InvalidFileError(file, `holds no numeric array "${name}" (found: ${found})`)
}

async function readLabels(file: string, array: MatArray, count: number): Promise<Uint8Array> {
  if (array.count !== count)
    throw new InvalidFileError(file, `y holds ${array.count} labels for the ${count} images of X`)
  const numbers = await readNumbers(array)
  return Uint8Array.from(numbers, (number, i) => {
    if (Number.isInteger(number) && number >= 0 && number <= digits) return number % digits
    throw new InvalidFileError(file, `y of image ${i} is ${number} where 1 to 10 is expected`)
  })
}

/** Positions of the first `limit` images of each digit, in the order of the file. */
function firstOfEachClass(labels: Uint8Array, limit: number): Int32Array {
  const taken = new Array<number>(digits).fill(0)
  const positions: number[] = []
  for (const [position, label] of labels.entries()) if (taken[label]!++ < limit) positions.push(position)
  return Int32Array.from(positions)
}

/** Column-major planes to RGB pixels row by row. */
function transpose(record: Uint8Array, target: Uint8Array): void {
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let channel = 0; channel < 3; channel++) {
        target[(y * side + x) * 3 + channel] = record[channel * plane + x * side + y]!
      }
    }
  }
}
