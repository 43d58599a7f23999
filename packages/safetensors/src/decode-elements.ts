import type { DType, TensorData } from '@mode-ood/core'
import { decodeBfloat16 } from './bfloat16.ts'
import { decodeFloat16 } from './float16.ts'

/**
 * Little-endian bytes as an array of elements. Where their place in memory suits the element type the result is a view
 * on the bytes (no copy: writing to one writes to the other), else a copy; half precision types are always a copy.
 *
 * @example decodeElements('F32', new Uint8Array([0, 0, 128, 63]))[0] // 1
 */
export function decodeElements<D extends DType>(dtype: D, bytes: Uint8Array): TensorData[D]
export function decodeElements(dtype: DType, bytes: Uint8Array): TensorData[DType] {
  switch (dtype) {
    case 'F64':
      return view(Float64Array, bytes)
    case 'F32':
      return view(Float32Array, bytes)
    case 'F16':
      return decodeFloat16(view(Uint16Array, bytes))
    case 'BF16':
      return decodeBfloat16(view(Uint16Array, bytes))
    case 'I64':
      return view(BigInt64Array, bytes)
    case 'I32':
      return view(Int32Array, bytes)
    case 'U8':
      // Not `bytes` itself, which may be a Buffer.
      return view(Uint8Array, bytes)
  }
}

interface ArrayType<T> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T
}

function view<T>(type: ArrayType<T>, bytes: Uint8Array): T {
  const length = bytes.byteLength / type.BYTES_PER_ELEMENT
  if (bytes.byteOffset % type.BYTES_PER_ELEMENT === 0) return new type(bytes.buffer, bytes.byteOffset, length)
  return new type(new Uint8Array(bytes).buffer, 0, length)
}
