import type { DType } from '@mode-ood/core'
import { checkOffsets } from './check-offsets.ts'
import { elementSize } from './element-size.ts'
import { isUnicode } from './is-unicode.ts'
import { parseHeader } from './parse-header.ts'
import { SafetensorsError, type SafetensorsDefect } from './safetensors-error.ts'

/** Where a tensor lies and what it is. */
export interface TensorDescription {
  readonly dtype: DType
  readonly shape: readonly number[]
  /** First byte of its elements, counted from the beginning of the file. */
  readonly start: number
  /** The byte after its last. */
  readonly end: number
}

/** The header of a file. */
export interface SafetensorsDescription {
  /** By name, in the order of the header. */
  readonly tensors: ReadonlyMap<string, TensorDescription>
  readonly metadata: Readonly<Record<string, string>>
}

export interface DescribeOptions {
  /** What messages call the file. */
  readonly file?: string
  /** Bytes in the whole file when `bytes` is only its beginning; by default `bytes.length`. */
  readonly size?: number
}

type Fail = (defect: SafetensorsDefect, message: string, options?: ErrorOptions) => never

/** The largest header the format allows, in bytes. */
const longestHeader = 100_000_000

/**
 * Reads the header only: names, types, shapes and places of the tensors, so that one of them can be read without the
 * others. `bytes` must hold the header: the 8 bytes of its length N and the N bytes that follow.
 *
 * @throws SafetensorsError for every departure from the format: see `SafetensorsDefect`.
 * @example describeSafetensors(bytes).tensors.get('fc.weight')?.shape // [10, 64]
 */
export function describeSafetensors(bytes: Uint8Array, options: DescribeOptions = {}): SafetensorsDescription {
  const { file = 'safetensors bytes', size = bytes.length } = options
  const fail: Fail = (defect, message, cause) => {
    throw new SafetensorsError(file, defect, message, cause)
  }
  const text = headerText(bytes, size, fail)
  const { value, names, duplicate } = parse(text, fail)
  if (duplicate !== undefined) fail('duplicate-name', `the name ${show(duplicate)} appears twice in the header`)
  const dataStart = 8 + headerLength(bytes)
  const entries = value as Record<string, unknown>
  const tensors = new Map<string, TensorDescription>()
  let metadata: Record<string, string> = {}
  for (const name of names) {
    if (name === '__metadata__') metadata = readMetadata(entries[name], fail)
    else tensors.set(name, readEntry(name, entries[name], dataStart, fail))
  }
  checkOffsets(tensors, dataStart, size, fail)
  return { tensors, metadata }
}

function headerLength(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
}

function headerText(bytes: Uint8Array, size: number, fail: Fail): string {
  if (bytes.length < 8) {
    fail(
      'too-short',
      `holds ${bytes.length} bytes, but a safetensors file begins with the 8 bytes of its header's length`,
    )
  }
  const length = headerLength(bytes)
  if (length > longestHeader) {
    fail(
      'header-too-large',
      `claims a header of ${length} bytes, and the format allows ${longestHeader}: is it safetensors?`,
    )
  }
  if (length < 2) fail('header-too-small', `claims a header of ${length} bytes, and the shortest one, {}, has 2`)
  if (8 + length > Math.min(size, bytes.length)) {
    fail('header-beyond-file', `ends within its header, which takes ${8 + length} of its ${size} bytes`)
  }
  const header = bytes.subarray(8, 8 + length)
  if (header[0] !== 0x7b) {
    fail('header-start', `its header begins with byte 0x${header[0]!.toString(16).padStart(2, '0')} instead of "{"`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header)
  } catch (cause) {
    return fail('invalid-utf8', 'its header is not valid UTF-8', { cause })
  }
}

function parse(text: string, fail: Fail): ReturnType<typeof parseHeader> {
  try {
    return parseHeader(text)
  } catch (cause) {
    return fail('invalid-json', 'its header is not valid JSON', { cause })
  }
}

function readMetadata(value: unknown, fail: Fail): Record<string, string> {
  if (!isObject(value)) fail('invalid-metadata', 'its "__metadata__" is not an object of strings')
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') fail('invalid-metadata', `its metadata ${show(key)} is not a string`)
    if (!isUnicode(key) || !isUnicode(text)) fail('invalid-metadata', `its metadata ${show(key)} is not valid Unicode`)
  }
  return value as Record<string, string>
}

function readEntry(name: string, entry: unknown, dataStart: number, fail: Fail): TensorDescription {
  const tensor = `tensor ${show(name)}`
  if (!isUnicode(name)) fail('invalid-entry', `${tensor} has a name that is not valid Unicode`)
  if (!isObject(entry)) fail('invalid-entry', `${tensor} is not described by an object`)
  const { dtype, shape, data_offsets: offsets } = entry
  if (typeof dtype !== 'string' || !isDType(dtype)) {
    const known = Object.keys(elementSize).join(', ')
    fail('unknown-dtype', `${tensor} has the element type ${show(dtype)}, which is none of ${known}`)
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    fail('invalid-shape', `${tensor} has the shape ${show(shape)} instead of a list of non-negative integers`)
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0]! > offsets[1]!) {
    fail('invalid-offsets', `${tensor} has the offsets ${show(offsets)} instead of two ascending non-negative integers`)
  }
  const [begin, end] = offsets as [number, number]
  const bytes = shape.reduce((product, extent) => product * extent, elementSize[dtype])
  if (bytes !== end - begin) {
    fail(
      'wrong-size',
      `${tensor} of type ${dtype} and shape ${show(shape)} needs ${bytes} bytes, its offsets hold ${end - begin}`,
    )
  }
  return { dtype, shape, start: dataStart + begin, end: dataStart + end }
}

function isDType(name: string): name is DType {
  return Object.hasOwn(elementSize, name)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** A value of the header for a message, cut where it would fill the screen. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
