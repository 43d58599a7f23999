import { createInflate } from 'node:zlib'
import { InvalidFileError } from '@mode-ood/core'
import { openByteSource, type ByteSource } from './byte-source.ts'
import { inflateToDisk } from './inflate-to-disk.ts'

/** A numeric array in a MATLAB file: column-major, its numbers lie at `offset` of `bytes` as `type`. */
export interface MatArray {
  readonly dimensions: readonly number[]
  readonly bytes: ByteSource
  readonly offset: number
  readonly type: NumberType
  readonly count: number
}

export type NumberType = keyof typeof numberSizes

const numberSizes = { int8: 1, uint8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, float32: 4, float64: 8 } as const

/** Data types of the format that hold numbers, by code. */
const numberTypes = new Map<number, NumberType>([
  [1, 'int8'],
  [2, 'uint8'],
  [3, 'int16'],
  [4, 'uint16'],
  [5, 'int32'],
  [6, 'uint32'],
  [7, 'float32'],
  [9, 'float64'],
])
const matrixType = 14
const compressedType = 15
const headerSize = 128

/** A tagged piece of data: where its content lies and where the next piece begins. */
interface Element {
  readonly type: number
  readonly start: number
  readonly size: number
  readonly next: number
}

/**
 * Finds the real numeric arrays of a MATLAB 5 file (MAT-File Format, MathWorks), plain or compressed, by name. Numbers stay on
 * disk; compressed arrays are decompressed to a temporary file. Variables of other kinds (text, cells, structs, sparse and
 * complex arrays) are passed over.
 *
 * @throws InvalidFileError when the file is absent, torn, of version 4 or 7.3, or big-endian.
 */
export async function readMat5(file: string): Promise<Map<string, MatArray>> {
  const bytes = await openByteSource(file)
  await checkHeader(bytes)
  const arrays = new Map<string, MatArray>()
  for (let at = headerSize; at < bytes.size;) {
    const element = await readElement(bytes, at, bytes.size)
    if (element.type === compressedType) {
      const range = { start: element.start, length: element.size }
      const plain = await inflateToDisk(file, createInflate(), range)
      await readVariable(plain, await readElement(plain, 0, plain.size), arrays)
      at = element.start + element.size
    } else {
      await readVariable(bytes, element, arrays)
      at = element.next
    }
  }
  return arrays
}

/** The numbers of an array, column by column. */
export async function readNumbers({ bytes, offset, type, count }: MatArray): Promise<Float64Array> {
  const size = numberSizes[type]
  const view = new DataView(new ArrayBuffer(count * size))
  await bytes.read(offset, new Uint8Array(view.buffer))
  const read: Record<NumberType, (at: number) => number> = {
    int8: (at) => view.getInt8(at),
    uint8: (at) => view.getUint8(at),
    int16: (at) => view.getInt16(at, true),
    uint16: (at) => view.getUint16(at, true),
    int32: (at) => view.getInt32(at, true),
    uint32: (at) => view.getUint32(at, true),
    float32: (at) => view.getFloat32(at, true),
    float64: (at) => view.getFloat64(at, true),
  }
  return Float64Array.from({ length: count }, (_, i) => read[type](i * size))
}

async function checkHeader(bytes: ByteSource): Promise<void> {
  if (bytes.size < headerSize) {
    throw new InvalidFileError(bytes.file, `has ${bytes.size} bytes, too few for a MATLAB 5 file`)
  }
  const header = Buffer.alloc(headerSize)
  await bytes.read(0, header)
  const magic = header.toString('latin1', 124, 128)
  if (magic === '\x00\x01IM') return
  if (magic === '\x00\x02IM' || header.toString('latin1', 0, 10) === 'MATLAB 7.3') {
    throw new InvalidFileError(bytes.file, 'is a MATLAB 7.3 (HDF5) file: save it with -v7 to read it here')
  }
  if (magic.endsWith('MI'))
    throw new InvalidFileError(bytes.file, 'is a big-endian MATLAB file, which is not supported')
  throw new InvalidFileError(bytes.file, 'is not a MATLAB 5 file')
}

async function readElement(bytes: ByteSource, at: number, end: number): Promise<Element> {
  if (at + 8 > end) throw torn(bytes, at)
  const tag = new DataView(new ArrayBuffer(8))
  await bytes.read(at, new Uint8Array(tag.buffer))
  const first = tag.getUint32(0, true)
  const small = first >>> 16
  const size = small > 0 ? small : tag.getUint32(4, true)
  const start = small > 0 ? at + 4 : at + 8
  if (start + size > end || small > 4) throw torn(bytes, at)
  const next = small > 0 ? at + 8 : Math.min(end, start + Math.ceil(size / 8) * 8)
  return { type: small > 0 ? first & 0xffff : first, start, size, next }
}

/** Adds a variable to `arrays` if it is a real numeric array: flags, dimensions, name, numbers. */
async function readVariable(bytes: ByteSource, variable: Element, arrays: Map<string, MatArray>): Promise<void> {
  if (variable.type !== matrixType) return
  const end = variable.start + variable.size
  const flagsAt = await readElement(bytes, variable.start, end)
  const flags = Buffer.alloc(flagsAt.size)
  await bytes.read(flagsAt.start, flags)
  const kind = flags[0] ?? 0
  const complex = ((flags[1] ?? 0) & 0x08) !== 0
  if (kind < 6 || kind > 13 || complex) return
  const dimensionsAt = await readElement(bytes, flagsAt.next, end)
  const dimensions = Buffer.alloc(dimensionsAt.size)
  await bytes.read(dimensionsAt.start, dimensions)
  const nameAt = await readElement(bytes, dimensionsAt.next, end)
  const name = Buffer.alloc(nameAt.size)
  await bytes.read(nameAt.start, name)
  const numbers = await readElement(bytes, nameAt.next, end)
  const lengths = Array.from({ length: dimensions.length / 4 }, (_, i) => dimensions.readInt32LE(4 * i))
  const count = lengths.reduce((product, length) => product * length, 1)
  const type = numberTypes.get(numbers.type)
  if (!type || numbers.size !== count * numberSizes[type]) throw torn(bytes, numbers.start)
  arrays.set(name.toString('latin1'), { dimensions: lengths, bytes, offset: numbers.start, type, count })
}

function torn(bytes: ByteSource, at: number): InvalidFileError {
  return new InvalidFileError(bytes.file, `is truncated or damaged: no whole element at byte ${at} of ${bytes.size}`)
}
