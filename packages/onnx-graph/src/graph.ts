import { create } from '@bufbuild/protobuf'
import { InvalidInputError } from '@mode-ood/core'
import { attribute, type AttributeValue } from './attribute.ts'
import { type DataType, dataTypeCode, type TensorArray } from './data-type.ts'
import { encodeModel } from './encode-model.ts'
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.ts'
import { tensor } from './tensor.ts'

/** Extents of a tensor: a number is fixed, a string names an extent that is known at run time only. */
export type Shape = readonly (number | string)[]

export type Attributes = Readonly<Record<string, AttributeValue | undefined>>

export interface NodeOptions {
  /** Operator set the operation belongs to; ONNX's own by default. Others must be declared in `createGraph`. */
  readonly domain?: string
  /** Name of the (single) output; found by the graph otherwise. */
  readonly name?: string
}

/** An ONNX graph under construction. Tensors are known by their names; nodes are to be added in the order they run. */
export interface Graph {
  /** The message behind the graph, for reading. */
  readonly model: ModelProto
  /** Version of ONNX's own operator set. */
  readonly opset: number
  /** Declares an input and returns its name. */
  input(name: string, type: DataType, shape: Shape): string
  /** Adds constant data (kept, not copied, until `encode`); `shape` defaults to one dimension, `[]` is a scalar. */
  constant(data: TensorArray, shape?: readonly number[], options?: { name?: string; type?: DataType }): string
  /** A one-dimensional int64 constant: how operators take shapes, axes, pads and repeats. */
  integers(values: readonly number[]): string
  /** A float32 constant without dimensions. */
  scalar(value: number): string
  /** Adds a node with one output and returns the output's name. An empty input name is an input left out. */
  node(operation: string, inputs: readonly string[], attributes?: Attributes, options?: NodeOptions): string
  /** Adds a node with several outputs and returns their names; an empty name is an output left out. */
  nodeWithOutputs(
    operation: string,
    inputs: readonly string[],
    outputs: number | readonly string[],
    attributes?: Attributes,
    options?: Pick<NodeOptions, 'domain'>,
  ): string[]
  /**
   * Starts the graph that a node holds as an attribute: the body of `Scan`, `Loop` or `If`, passed as `{ body: body.model.graph! }`
   * once it is complete. Its nodes may read tensors of this graph; its names are new to both.
   */
  subgraph(name: string): Graph
  /** Declares a tensor as an output of the model. */
  output(name: string, type: DataType, shape?: Shape): void
  /** The model as the bytes of an .onnx file. Constants are copied once. */
  encode(): Uint8Array<ArrayBuffer>
}

export interface GraphOptions {
  /** Version of ONNX's own operator set; 18 by default. */
  readonly opset?: number
  /** Further operator sets with their versions: `{ 'com.microsoft': 1 }`. */
  readonly domains?: Readonly<Record<string, number>>
  /** Name of the graph. */
  readonly name?: string
}

/**
 * Starts an empty ONNX model.
 *
 * @example
 * const graph = createGraph()
 * const x = graph.input('x', 'float32', ['n', 4])
 * const w = graph.constant(new Float32Array(12), [4, 3])
 * graph.output(graph.node('MatMul', [x, w], {}, { name: 'y' }), 'float32', ['n', 3])
 * const bytes = graph.encode()
 */
export function createGraph(options: GraphOptions = {}): Graph {
  const { opset = 18, domains = {}, name = 'graph' } = options
  return editGraph(
    create(ModelProtoSchema, {
      irVersion: 8n,
      producerName: 'mode-ood',
      graph: { name },
      opsetImport: [{ domain: '', version: BigInt(opset) }, ...Object.entries(domains).map(operatorSet)],
    }),
  )
}

/**
 * Opens a decoded model for additions: new nodes run after those already there. The message is changed in place.
 * New names never clash with names in the model.
 */
export function editGraph(model: ModelProto): Graph {
  return buildGraph(model, tensorNames(graphOf(model)))
}

/** `taken` are the names that nodes may read and new tensors may not have. */
function buildGraph(model: ModelProto, taken: Set<string>): Graph {
  const graph = graphOf(model)
  let counter = 0
  const freshName = (stem: string) => {
    for (;;) {
      const candidate = `${stem}_${counter++}`
      if (!taken.has(candidate)) return candidate
    }
  }
  const claim = (name: string) => {
    if (taken.has(name)) throw new InvalidInputError(`the graph already has a tensor named "${name}"`)
    taken.add(name)
    return name
  }
  const declared = new Set(model.opsetImport.map(({ domain }) => domain))
  const self: Graph = {
    model,
    opset: opsetOf(model),
    input(name, type, shape) {
      graph.input.push(valueInfo(claim(name), type, shape))
      return name
    },
    constant(data, shape, { name = freshName('constant'), ...options } = {}) {
      graph.initializer.push(tensor(data, shape, { ...options, name: claim(name) }))
      return name
    },
    integers: (values) => self.constant(BigInt64Array.from(values, BigInt)),
    scalar: (value) => self.constant(Float32Array.of(value), []),
    node(operation, inputs, attributes, { name = freshName(operation), ...options } = {}) {
      self.nodeWithOutputs(operation, inputs, [name], attributes, options)
      return name
    },
    nodeWithOutputs(operation, inputs, outputs, attributes = {}, { domain = '' } = {}) {
      const names =
        typeof outputs === 'number' ? Array.from({ length: outputs }, () => freshName(operation)) : [...outputs]
      const unknown = inputs.find((input) => input !== '' && !taken.has(input))
      if (unknown !== undefined)
        throw new InvalidInputError(`${operation} reads "${unknown}", which the graph does not have`)
      if (domain !== '' && !declared.has(domain)) {
        throw new InvalidInputError(`${operation} is of the operator set "${domain}", which the graph does not declare`)
      }
      for (const name of names) if (name !== '') claim(name)
      const given = Object.entries(attributes).flatMap(([key, value]) =>
        value === undefined ? [] : [attribute(key, value)],
      )
      graph.node.push(
        create(NodeProtoSchema, {
          name: names.find((name) => name !== '') ?? '',
          opType: operation,
          domain,
          input: [...inputs],
          output: names,
          attribute: given,
        }),
      )
      return names
    },
    subgraph: (name) =>
      buildGraph(create(ModelProtoSchema, { graph: { name }, opsetImport: model.opsetImport }), taken),
    output(name, type, shape) {
      if (!taken.has(name)) throw new InvalidInputError(`"${name}" cannot be an output: the graph does not have it`)
      graph.output.push(valueInfo(name, type, shape))
    },
    encode: () => encodeModel(model),
  }
  return self
}

/** The main graph of a model. @throws InvalidInputError when it has none. */
export function graphOf(model: ModelProto): GraphProto {
  if (!model.graph) throw new InvalidInputError('the ONNX model has no graph')
  return model.graph
}

function opsetOf(model: ModelProto): number {
  return Number(model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1n)
}

function operatorSet([domain, version]: [string, number]) {
  return create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) })
}

function tensorNames(graph: GraphProto): Set<string> {
  return new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.sparseInitializer.map(({ values }) => values?.name ?? ''),
    ...graph.node.flatMap(({ output }) => output),
  ])
}

function valueInfo(name: string, type: DataType, shape?: Shape): ValueInfoProto {
  const dim = shape?.map((extent) => ({
    value:
      typeof extent === 'string'
        ? { case: 'dimParam' as const, value: extent }
        : { case: 'dimValue' as const, value: BigInt(extent) },
  }))
  const tensorType = { elemType: dataTypeCode(type), ...(dim && { shape: { dim } }) }
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } })
}
