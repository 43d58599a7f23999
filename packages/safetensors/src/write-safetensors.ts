import { InvalidInputError, type StateDict, type Tensor } from '@mode-ood/core'
import { encodeBfloat16 } from './bfloat16.ts'
import { elementSize } from './element-size.ts'
import { encodeHeader, sortEntries } from './encode-header.ts'
import { encodeFloat16 } from './float16.ts'
import { isUnicode } from './is-unicode.ts'

/** Tensors by name, as a map or as a plain object. */
export type WritableTensors = StateDict | Readonly<Record<string, Tensor>>

const arrayTypes = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Float32Array,
  BF16: Float32Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const

/**
 * The bytes of a safetensors file. Tensors are ordered by type, then name, and metadata by name, so equal content gives
 * equal bytes, whatever the order it comes in; they are the bytes Python's safetensors writes. F16 and BF16 are rounded
 * to nearest, ties to even.
 *
 * @throws InvalidInputError when data do not match their type or shape, or a name is "__metadata__" or not valid Unicode.
 * @example
 * const bytes = writeSafetensors({ bias: { dtype: 'F32', shape: [2], data: new Float32Array([1, 2]) } }, { epoch: '3' })
 */
export function writeSafetensors(
  tensors: WritableTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries =
    tensors instanceof Map ? [...(tensors as StateDict)] : Object.entries(tensors as Record<string, Tensor>)
  for (const [name, tensor] of entries) checkTensor(name, tensor)
  const sorted = sortEntries(entries)
  const header = encodeHeader(sorted, metadata)
  const sizes = sorted.map(([, { dtype, data }]) => data.length * elementSize[dtype])
  const bytes = new Uint8Array(header.length + sizes.reduce((sum, size) => sum + size, 0))
  bytes.set(header)
  let start = header.length
  for (const [index, [, tensor]] of sorted.entries()) {
    encodeElements(tensor, bytes.subarray(start, start + sizes[index]!))
    start += sizes[index]!
  }
  return bytes
}

function encodeElements({ dtype, data }: Tensor, bytes: Uint8Array): void {
  if (dtype === 'F16') encodeFloat16(data, new Uint16Array(bytes.buffer, bytes.byteOffset, data.length))
  else if (dtype === 'BF16') encodeBfloat16(data, new Uint16Array(bytes.buffer, bytes.byteOffset, data.length))
  else bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

function checkTensor(name: string, { dtype, shape, data }: Tensor): void {
  const tensor = `tensor ${JSON.stringify(name)}`
  if (name === '__metadata__')
    throw new InvalidInputError('a tensor cannot be named "__metadata__", the format keeps that name')
  if (!isUnicode(name)) throw new InvalidInputError(`${tensor}: its name is not valid Unicode`)
  if (!Object.hasOwn(arrayTypes, dtype)) {
    throw new InvalidInputError(
      `${tensor} has the element type ${String(dtype)}, which is none of ${Object.keys(arrayTypes).join(', ')}`,
    )
  }
  if (!(data instanceof arrayTypes[dtype])) {
    throw new InvalidInputError(`${tensor} of type ${dtype} must hold its elements in a ${arrayTypes[dtype].name}`)
  }
  if (!Array.isArray(shape)) throw new InvalidInputError(`${tensor} has no shape instead of non-negative integers`)
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new InvalidInputError(`${tensor} has the shape [${shape.join(', ')}] instead of non-negative integers`)
  }
  const count = shape.reduce((product, extent) => product * extent, 1)
  if (count !== data.length) {
    throw new InvalidInputError(
      `${tensor} of shape [${shape.join(', ')}] needs ${count} elements, but has ${data.length}`,
    )
  }
}
