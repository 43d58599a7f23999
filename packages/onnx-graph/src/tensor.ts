import { create } from '@bufbuild/protobuf'
import { InvalidInputError } from '@mode-ood/core'
import { type DataType, dataTypeCode, dataTypeOfArray, type TensorArray } from './data-type.ts'
import { type TensorProto, TensorProtoSchema } from './generated/onnx_pb.ts'

/**
 * Makes an ONNX tensor over `data` (not copied; do not change it until the model has been encoded).
 *
 * @param shape defaults to one dimension; `[]` is a scalar.
 * @throws InvalidInputError when the shape does not hold exactly the elements of `data`.
 */
export function tensor(
  data: TensorArray,
  shape: readonly number[] = [data.length],
  options: { readonly name?: string; readonly type?: DataType } = {},
): TensorProto {
  const size = shape.reduce((product, extent) => product * extent, 1)
  if (size !== data.length) {
    throw new InvalidInputError(
      `tensor ${options.name ?? ''}[${shape.join(', ')}] needs ${size} elements, but ${data.length} were given`,
    )
  }
  return create(TensorProtoSchema, {
    name: options.name ?? '',
    dims: shape.map(BigInt),
    dataType: dataTypeCode(options.type ?? dataTypeOfArray(data)),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  })
}
