import { InvalidInputError } from '@mode-ood/core'
import { TensorProto_DataType } from './generated/onnx_pb.ts'

/** Element types of ONNX tensors, by the names onnxruntime uses. */
export type DataType = 'float32' | 'float64' | 'float16' | 'int64' | 'int32' | 'int8' | 'uint8' | 'bool'

const codes: Record<DataType, TensorProto_DataType> = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  float16: TensorProto_DataType.FLOAT16,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  int8: TensorProto_DataType.INT8,
  uint8: TensorProto_DataType.UINT8,
  bool: TensorProto_DataType.BOOL,
}

/** Arrays that hold tensor elements; float16 travels as its bit patterns in a Uint16Array. */
export type TensorArray =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Int8Array
  | Uint8Array
  | Uint16Array

/** ONNX's number for an element type. */
export function dataTypeCode(type: DataType): TensorProto_DataType {
  return codes[type]
}

/** The element type with ONNX's number `code`; `undefined` for types outside `DataType`. */
export function dataTypeOf(code: number): DataType | undefined {
  return (Object.keys(codes) as DataType[]).find((type) => codes[type] === code)
}

/** The element type an array stands for when none is stated. */
export function dataTypeOfArray(data: TensorArray): DataType {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof BigInt64Array) return 'int64'
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof Int32Array) return 'int32'
  if (data instanceof Int8Array) return 'int8'
  if (data instanceof Uint8Array) return 'uint8'
  if (data instanceof Uint16Array) return 'float16'
  throw new InvalidInputError(`a tensor needs a typed array, but ${typeof data} was given`)
}
