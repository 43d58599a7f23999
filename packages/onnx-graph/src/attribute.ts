import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { InvalidInputError } from '@mode-ood/core'
import {
  type AttributeProto,
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  type GraphProto,
  type TensorProto,
} from './generated/onnx_pb.ts'

/** A number that ONNX is to see as a float; a bare number is an integer attribute. */
export interface FloatAttribute {
  readonly float: number | readonly number[]
}

/** What an attribute of a node may be. Bare numbers are integers; floats are written `float(0.5)`. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | FloatAttribute
  | TensorProto
  | GraphProto

/** Marks an attribute as float (or list of floats): `{ epsilon: float(1e-5) }`. */
export function float(value: number | readonly number[]): FloatAttribute {
  return { float: value }
}

const encoder = new TextEncoder()

/** @throws InvalidInputError for a fraction that is not marked by `float`. */
export function attribute(name: string, value: AttributeValue): AttributeProto {
  return create(AttributeProtoSchema, { name, ...content(name, value) })
}

function content(name: string, value: AttributeValue): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'number') return { type: Kind.INT, i: integer(name, value) }
  if (typeof value === 'string') return { type: Kind.STRING, s: encoder.encode(value) }
  if ('float' in value) {
    const { float: floats } = value
    return typeof floats === 'number' ? { type: Kind.FLOAT, f: floats } : { type: Kind.FLOATS, floats: [...floats] }
  }
  if ('$typeName' in value) {
    return value.$typeName === 'onnx.GraphProto' ? { type: Kind.GRAPH, g: value } : { type: Kind.TENSOR, t: value }
  }
  if (value.length > 0 && typeof value[0] === 'string') {
    return { type: Kind.STRINGS, strings: (value as readonly string[]).map((text) => encoder.encode(text)) }
  }
  return { type: Kind.INTS, ints: (value as readonly number[]).map((item) => integer(name, item)) }
}

function integer(name: string, value: number): bigint {
  if (Number.isSafeInteger(value)) return BigInt(value)
  throw new InvalidInputError(
    `attribute ${name} is ${value}: a bare number is an integer, write float(${value}) for a float`,
  )
}
