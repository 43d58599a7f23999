import { InvalidFileError, type DType } from '@mode-ood/core'
import { elementSize } from '@mode-ood/safetensors'

/** What an .npy file holds, and where. */
export interface NpyHeader {
  readonly dtype: DType
  readonly shape: readonly number[]
  /** First byte of the elements. */
  readonly start: number
}

/** Little-endian element types by the names NumPy gives them. */
const types: Readonly<Record<string, DType>> = {
  '<f8': 'F64',
  '<f4': 'F32',
  '<f2': 'F16',
  '<i8': 'I64',
  '<i4': 'I32',
  '|u1': 'U8',
}

/** Bytes that suffice for the header of any array with a few axes. */
export const longestNpyHeader = 4096

const magic = '\u0093NUMPY'

/** Whether bytes are the beginning of an .npy file. */
export function isNpy(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 6)) === magic
}

/**
 * Reads the header of an .npy array (format versions 1 to 3).
 *
 * @param bytes the beginning of the file: its header at least, {@link longestNpyHeader} bytes are enough.
 * @param size bytes in the whole file.
 * @throws InvalidFileError for another file, a torn one, and for arrays of objects, big-endian or in Fortran order.
 */
export function parseNpyHeader(bytes: Uint8Array, { file, size }: { file: string; size: number }): NpyHeader {
  const fail = (message: string): never => {
    throw new InvalidFileError(file, message)
  }
  if (!isNpy(bytes)) fail('is not an array of NumPy: it does not begin as an .npy file does')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isWide = (bytes[6] ?? 0) >= 2
  const from = isWide ? 12 : 10
  if (bytes.length < from) fail(`ends within its header, after ${size} bytes`)
  const start = from + (isWide ? view.getUint32(8, true) : view.getUint16(8, true))
  if (start > bytes.length) fail(`has a header of ${start} bytes, but the file or what was read of it ends before`)
  const text = new TextDecoder().decode(bytes.subarray(from, start))
  const type = /'descr':\s*(?:'([^']*)'|)/.exec(text)?.[1]
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1]
  const extents = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1]
  if (order === undefined || extents === undefined) return fail(`has a header that is not NumPy's: ${text.trim()}`)
  const dtype = types[type ?? '']
  if (dtype === undefined) {
    return fail(`holds elements of type ${type ?? 'record'}; save float16, float32, float64, uint8, int32 or int64`)
  }
  const shape = [...extents.matchAll(/\d+/g)].map(Number)
  if (order === 'True' && shape.length > 1) fail('is in Fortran order: save numpy.ascontiguousarray(array)')
  const bytesNeeded = shape.reduce((product, extent) => product * extent, elementSize[dtype])
  if (start + bytesNeeded !== size) {
    fail(`has ${size - start} bytes of elements, but ${dtype} [${shape.join(', ')}] takes ${bytesNeeded}`)
  }
  return { dtype, shape, start }
}
