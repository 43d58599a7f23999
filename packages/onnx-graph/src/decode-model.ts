import { fromBinary } from '@bufbuild/protobuf'
import { InvalidFileError } from '@mode-ood/core'
import { type ModelProto, ModelProtoSchema } from './generated/onnx_pb.ts'

/**
 * Reads the bytes of an .onnx file. Constants are views on `bytes`, not copies.
 *
 * @param options.file the path that errors name.
 * @throws InvalidFileError when the bytes are not an ONNX model.
 */
export function decodeModel(bytes: Uint8Array, options: { readonly file?: string } = {}): ModelProto {
  const file = options.file ?? 'ONNX model'
  let model: ModelProto
  try {
    model = fromBinary(ModelProtoSchema, bytes)
  } catch (cause) {
    throw new InvalidFileError(file, `is not an ONNX file, or a torn one (${(cause as Error).message})`, { cause })
  }
  if (!model.graph || model.graph.node.length === 0 || model.opsetImport.length === 0) {
    throw new InvalidFileError(file, 'is not an ONNX file: it holds no graph with nodes and operator sets')
  }
  return model
}
