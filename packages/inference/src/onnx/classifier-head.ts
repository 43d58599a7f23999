import type { Head } from '@mode-ood/core'
import type { NodeProto } from '@mode-ood/onnx-graph'
import { constantValues } from './constant-values.ts'
import type { Classifier } from './find-classifier.ts'
import { type GraphIndex, integerAttribute, integersAttribute } from './graph-index.ts'

interface Table {
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array
}

/**
 * Weight and bias of a linear layer as [classes, dimension] and [classes], whatever way round the graph holds them.
 *
 * @returns undefined where they are not plain float constants (quantised, computed) or the product is no linear layer.
 */
export function classifierHead(graph: GraphIndex, { product, addedBias }: Classifier): Head | undefined {
  const isGemm = product.opType === 'Gemm'
  if (isGemm && integerAttribute(product, 'transA') === 1) return undefined
  const table = constantTable(graph, product.input[1]!)
  if (!table) return undefined
  const weight = isGemm && integerAttribute(product, 'transB') === 1 ? table : transpose(table)
  const biasName = isGemm ? product.input[2] : addedBias
  const bias =
    biasName === undefined || biasName === '' ? new Float32Array(weight.rows) : constantVector(graph, biasName)
  if (!bias || (bias.length !== weight.rows && bias.length !== 1)) return undefined
  const alpha = isGemm ? scale(product, 'alpha') : 1
  const beta = isGemm ? scale(product, 'beta') : 1
  return {
    weight: { ...weight, data: alpha === 1 ? weight.data : weight.data.map((value) => value * alpha) },
    bias: Float32Array.from({ length: weight.rows }, (_, i) => beta * bias[bias.length === 1 ? 0 : i]!),
  }
}

function scale(node: NodeProto, name: string): number {
  return node.attribute.find((attribute) => attribute.name === name)?.f ?? 1
}

/** A constant with two axes, looked for through Identity and Transpose. */
function constantTable(graph: GraphIndex, name: string): Table | undefined {
  const constant = graph.constants.get(name)
  if (constant) {
    const values = constantValues(constant)
    const [rows, columns] = constant.dims.map(Number)
    if (!values || constant.dims.length !== 2) return undefined
    return { rows: rows!, columns: columns!, data: Float32Array.from(values) }
  }
  const node = graph.producer(name)
  if (node?.opType === 'Identity') return constantTable(graph, node.input[0]!)
  if (node?.opType !== 'Transpose') return undefined
  const table = constantTable(graph, node.input[0]!)
  const isSwap = (integersAttribute(node, 'perm') ?? [1, 0]).join() === '1,0'
  return table && (isSwap ? transpose(table) : table)
}

function constantVector(graph: GraphIndex, name: string): Float32Array | undefined {
  const constant = graph.constants.get(name)
  if (constant) {
    const values = constantValues(constant)
    return values && Float32Array.from(values)
  }
  const node = graph.producer(name)
  return node?.opType === 'Identity' ? constantVector(graph, node.input[0]!) : undefined
}

function transpose({ rows, columns, data }: Table): Table {
  const turned = new Float32Array(data.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = data[row * columns + column]!
  }
  return { rows: columns, columns: rows, data: turned }
}
