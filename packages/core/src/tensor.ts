/** Element types, by the names of the safetensors format. */
export type DType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'U8'

/** How elements are held: half precision types as float32, which represents every one of their values. */
export interface TensorData {
  F64: Float64Array
  F32: Float32Array
  F16: Float32Array
  BF16: Float32Array
  I64: BigInt64Array
  I32: Int32Array
  U8: Uint8Array
}

/** An array with its element type and shape, row-major. `dtype` is the type in the file, `data` holds the values. */
export type Tensor = {
  [D in DType]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: TensorData[D] }
}[DType]

/** The tensors of a model by name, in the order of the file. */
export type StateDict = ReadonlyMap<string, Tensor>
