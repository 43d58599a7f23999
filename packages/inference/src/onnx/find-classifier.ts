import type { NodeProto } from '@mode-ood/onnx-graph'
import type { GraphIndex } from './graph-index.ts'

/** The last linear layer of a graph. */
export interface Classifier {
  /** What it computes. */
  readonly logits: string
  /** What enters it. */
  readonly embedding: string
  readonly product: NodeProto
  /** Name of what is added to a product without bias. */
  readonly addedBias: string | undefined
}

/** The last Gemm or MatMul of the graph with constant weights, and the addition of a constant that may follow. */
export function findClassifier(graph: GraphIndex): Classifier | undefined {
  const product = graph.nodes.findLast((node) => isProduct(node) && isConstant(graph, node.input[1]!))
  if (!product) return undefined
  const addition = graph.nodes.find((node) => node.opType === 'Add' && node.input.includes(product.output[0]!))
  return (addition && classifierAt(graph, addition.output[0]!)) ?? classifierAt(graph, product.output[0]!)
}

/** The linear layer that computes `logits`; `undefined` when something else does. */
export function classifierAt(graph: GraphIndex, logits: string): Classifier | undefined {
  const node = graph.producer(logits)
  if (!node) return undefined
  if (isProduct(node)) return { logits, embedding: node.input[0]!, product: node, addedBias: undefined }
  if (node.opType === 'Identity') {
    const inner = classifierAt(graph, node.input[0]!)
    return inner && { ...inner, logits }
  }
  if (node.opType !== 'Add') return undefined
  const addedBias = node.input.find((input) => graph.constants.has(input))
  const product = node.input
    .map((input) => graph.producer(input))
    .find((candidate) => candidate && isProduct(candidate))
  if (addedBias === undefined || product?.opType !== 'MatMul') return undefined
  return { logits, embedding: product.input[0]!, product, addedBias }
}

function isProduct({ opType, domain }: NodeProto): boolean {
  return (opType === 'Gemm' || opType === 'MatMul') && (domain === '' || domain === 'ai.onnx')
}

/** Whether a tensor depends on constants only: weights may be turned or dequantised on their way. */
function isConstant(graph: GraphIndex, name: string): boolean {
  if (graph.constants.has(name)) return true
  const node = graph.producer(name)
  return node !== undefined && node.input.length > 0 && node.input.every((input) => isConstant(graph, input))
}
