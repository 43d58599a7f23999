import { toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import {
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from './generated/onnx_pb.ts'

/** Tensors of fewer bytes go through the library like everything else. */
const largeBytes = 4096

const field = {
  graph: ModelProtoSchema.field.graph.number,
  initializer: GraphProtoSchema.field.initializer.number,
  rawData: TensorProtoSchema.field.rawData.number,
}

/**
 * The model as the bytes of an .onnx file.
 *
 * Large constants are copied once, straight into the result; a nested encoder would copy them at every level. Protobuf
 * allows this: a message may be written in pieces, and its repeated fields are joined by whoever reads it. So the model
 * comes first without them, then for every large constant a further piece of its graph.
 */
export function encodeModel(model: ModelProto): Uint8Array<ArrayBuffer> {
  const { graph } = model
  if (!graph) return toBinary(ModelProtoSchema, model)
  const large = graph.initializer.filter((constant) => constant.rawData.length >= largeBytes)
  const small = graph.initializer.filter((constant) => constant.rawData.length < largeBytes)
  const rest = toBinary(ModelProtoSchema, { ...model, graph: { ...graph, initializer: small } })
  return concatenate([rest, ...large.flatMap((constant) => [prefix(constant), constant.rawData])])
}

/** What precedes the raw data of a constant: everything else of it, and the lengths of what contains it. */
function prefix(constant: TensorProto): Uint8Array {
  const length = constant.rawData.length
  const description = toBinary(TensorProtoSchema, { ...constant, rawData: new Uint8Array(0) })
  const data = header(field.rawData, length)
  const tensorLength = description.length + data.length + length
  const tensor = header(field.initializer, tensorLength)
  const graph = header(field.graph, tensor.length + tensorLength)
  return concatenate([graph, tensor, description, data])
}

function header(number: number, length: number): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(length).finish()
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let position = 0
  for (const part of parts) {
    whole.set(part, position)
    position += part.length
  }
  return whole
}
