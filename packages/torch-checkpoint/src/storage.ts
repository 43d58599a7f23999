import type { DType, Tensor } from '@mode-ood/core'
import { decodeElements } from '@mode-ood/safetensors'
import type { Fail } from './fail.ts'

/** What the elements of a storage are, and how their little-endian bytes are read. */
export interface StorageType {
  readonly dtype: DType
  /** Bytes of an element in the file. */
  readonly size: number
  decode(bytes: Uint8Array): Tensor['data']
}

/** Bytes of a storage and what its elements are. */
export interface Storage {
  readonly type: StorageType
  readonly bytes: Uint8Array
  readonly isBigEndian: boolean
}

const asIs = (dtype: DType, size: number): StorageType => ({
  dtype,
  size,
  decode: (bytes) => decodeElements(dtype, bytes),
})

function decodeInt16(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Int32Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true))
}

/** The storages of torch that have an element type here; smaller integers widen to int32, booleans are 0 and 1. */
export const storageTypes: ReadonlyMap<string, StorageType> = new Map([
  ['torch.DoubleStorage', asIs('F64', 8)],
  ['torch.FloatStorage', asIs('F32', 4)],
  ['torch.HalfStorage', asIs('F16', 2)],
  ['torch.BFloat16Storage', asIs('BF16', 2)],
  ['torch.LongStorage', asIs('I64', 8)],
  ['torch.IntStorage', asIs('I32', 4)],
  ['torch.ShortStorage', { dtype: 'I32', size: 2, decode: decodeInt16 }],
  ['torch.CharStorage', { dtype: 'I32', size: 1, decode: (bytes) => Int32Array.from(new Int8Array(bytes)) }],
  ['torch.ByteStorage', asIs('U8', 1)],
  ['torch.BoolStorage', asIs('U8', 1)],
])

/** How the elements of a tensor lie in its storage, in elements. */
export interface Layout {
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

/** Number of elements of a layout. @throws through `fail` where it is no layout, or reaches beyond the storage. */
export function checkLayout({ type, bytes }: Storage, { offset, shape, strides }: Layout, fail: Fail): number {
  const whole = [offset, ...shape, ...strides].every((value) => Number.isSafeInteger(value) && value >= 0)
  if (!whole || shape.length !== strides.length || shape.length > mostAxes) {
    fail('holds a tensor with a shape or strides that are no whole numbers')
  }
  const length = shape.reduce((product, extent) => product * extent, 1)
  if (length === 0) return 0
  const end = offset + shape.reduce((sum, extent, i) => sum + (extent - 1) * strides[i]!, 0) + 1
  if (end * type.size > bytes.length) {
    fail(`holds a tensor that needs ${end * type.size} bytes of a storage of ${bytes.length}`)
  }
  return length
}

/** torch allows 64. */
const mostAxes = 64

/** The elements of a tensor, row-major; a view on the file where they lie so already. The layout has been checked. */
export function gather({ type, bytes, isBigEndian }: Storage, layout: Layout, length: number): Tensor {
  const { size } = type
  const start = layout.offset * size
  const plain = isRowMajor(layout) && (!isBigEndian || size === 1)
  const elements = plain ? bytes.subarray(start, start + length * size) : collect(bytes, size, layout, length)
  if (isBigEndian) reverseElements(elements, plain ? 1 : size)
  return { dtype: type.dtype, shape: [...layout.shape], data: type.decode(elements) } as Tensor
}

function isRowMajor({ shape, strides }: Layout): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis]!
  }
  return true
}

/** Copies the elements one by one in row-major order. */
function collect(bytes: Uint8Array, size: number, { offset, shape, strides }: Layout, length: number): Uint8Array {
  const elements = new Uint8Array(length * size)
  const position = shape.map(() => 0)
  let at = offset
  for (let i = 0; i < length; i++) {
    for (let byte = 0; byte < size; byte++) elements[i * size + byte] = bytes[at * size + byte]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!
      if (++position[axis]! < shape[axis]!) break
      at -= strides[axis]! * shape[axis]!
      position[axis] = 0
    }
  }
  return elements
}

function reverseElements(elements: Uint8Array, size: number): void {
  if (size === 1) return
  for (let start = 0; start < elements.length; start += size) elements.subarray(start, start + size).reverse()
}

export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value && 'data' in value
}
