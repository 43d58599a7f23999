import type { DType, Tensor } from '@mode-ood/core'

/** Bytes of a storage and what its elements are. */
export interface Storage {
  readonly type: StorageType
  readonly bytes: Uint8Array
}

export interface StorageType {
  readonly dtype: DType
  readonly size: number
  readonly read: (view: DataView, offset: number) => number | bigint
}

/** bfloat16 is the upper half of a float32. */
function bfloat16(view: DataView, offset: number): number {
  const scratch = new DataView(new ArrayBuffer(4))
  scratch.setUint16(2, view.getUint16(offset, true), true)
  return scratch.getFloat32(0, true)
}

function float16(view: DataView, offset: number): number {
  const bits = view.getUint16(offset, true)
  const sign = bits >> 15 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

/** The storages of torch that have an element type here; smaller integers widen to int32. */
export const storageTypes: Readonly<Record<string, StorageType>> = {
  DoubleStorage: { dtype: 'F64', size: 8, read: (view, at) => view.getFloat64(at, true) },
  FloatStorage: { dtype: 'F32', size: 4, read: (view, at) => view.getFloat32(at, true) },
  HalfStorage: { dtype: 'F16', size: 2, read: float16 },
  BFloat16Storage: { dtype: 'BF16', size: 2, read: bfloat16 },
  LongStorage: { dtype: 'I64', size: 8, read: (view, at) => view.getBigInt64(at, true) },
  IntStorage: { dtype: 'I32', size: 4, read: (view, at) => view.getInt32(at, true) },
  ShortStorage: { dtype: 'I32', size: 2, read: (view, at) => view.getInt16(at, true) },
  CharStorage: { dtype: 'I32', size: 1, read: (view, at) => view.getInt8(at) },
  ByteStorage: { dtype: 'U8', size: 1, read: (view, at) => view.getUint8(at) },
  BoolStorage: { dtype: 'U8', size: 1, read: (view, at) => view.getUint8(at) },
}

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Float32Array,
  BF16: Float32Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const

/** The elements of a strided tensor, row-major. `fail` is called where they lie outside the storage. */
export function gather(
  { type, bytes }: Storage,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  fail: (message: string) => never,
): Tensor {
  const whole = [offset, ...shape, ...strides].every((value) => Number.isSafeInteger(value) && value >= 0)
  if (!whole || shape.length !== strides.length)
    fail('holds a tensor with a shape or strides that are no whole numbers')
  const length = shape.reduce((product, extent) => product * extent, 1)
  const last = offset + shape.reduce((sum, extent, i) => sum + (extent - 1) * strides[i]!, 0)
  if (length > 0 && (last + 1) * type.size > bytes.length) {
    fail(`holds a tensor that needs ${(last + 1) * type.size} bytes of a storage of ${bytes.length}`)
  }
  const data = new arrays[type.dtype](length) as unknown as { [index: number]: number | bigint }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const position = shape.map(() => 0)
  let at = offset
  for (let i = 0; i < length; i++) {
    data[i] = type.read(view, at * type.size)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!
      if (++position[axis]! < shape[axis]!) break
      at -= strides[axis]! * shape[axis]!
      position[axis] = 0
    }
  }
  return { dtype: type.dtype, shape: [...shape], data } as unknown as Tensor
}

export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value && 'data' in value
}
