import { dataTypeOf, type TensorProto } from '@mode-ood/onnx-graph'
import { decodeElements } from '@mode-ood/safetensors'

const formats = { float32: 'F32', float64: 'F64', float16: 'F16', int64: 'I64' } as const

/** The elements of a constant as numbers; `undefined` for element types that are neither floats nor int64. */
export function constantValues(tensor: TensorProto): Float32Array | number[] | undefined {
  const type = dataTypeOf(tensor.dataType)
  if (type !== 'float32' && type !== 'float64' && type !== 'float16' && type !== 'int64') return undefined
  if (tensor.rawData.length > 0) {
    const values = decodeElements(formats[type], tensor.rawData)
    return values instanceof Float32Array ? values : Array.from(values, Number)
  }
  if (type === 'float32') return Float32Array.from(tensor.floatData)
  if (type === 'float64') return tensor.doubleData
  return type === 'int64' ? tensor.int64Data.map(Number) : undefined
}
