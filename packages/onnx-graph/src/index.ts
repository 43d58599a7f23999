export {
  createGraph,
  editGraph,
  graphOf,
  type Attributes,
  type Graph,
  type GraphOptions,
  type NodeOptions,
  type Shape,
} from './graph.ts'
export { float, type AttributeValue, type FloatAttribute } from './attribute.ts'
export { tensor } from './tensor.ts'
export { dataTypeOf, type DataType, type TensorArray } from './data-type.ts'
export { decodeModel } from './decode-model.ts'
export { encodeModel } from './encode-model.ts'
export type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from './generated/onnx_pb.ts'
