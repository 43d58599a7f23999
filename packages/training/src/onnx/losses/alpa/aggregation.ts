import type { Graph } from '@mode-ood/onnx-graph'
import type { AlpaOptions } from '../../../loss-options.ts'

export type Aggregation = AlpaOptions['aggregation']

/** ONNX's number for float32, as `Cast` takes it. */
const float32 = 1

/** The factor of the authors' log-sum-exp. */
const sharpness = 6

/** Makes one number of the numbers of all positions: [count, count, positions] to [count, count]. */
export function emitAggregate(graph: Graph, pairs: string, aggregation: Aggregation): string {
  const reduce = (operation: string, input: string) =>
    graph.node(operation, [input, graph.integers([2])], { keepdims: 0 })
  switch (aggregation) {
    case 'mean':
      return reduce('ReduceMean', pairs)
    case 'sum':
      return reduce('ReduceSum', pairs)
    case 'max':
      return reduce('ReduceMax', pairs)
    case 'logsum':
      return graph.node('Mul', [reduce('ReduceLogSumExp', sharpened(graph, pairs)), graph.scalar(1 / sharpness)])
  }
}

/** The gradient of `pairs` of the given shape from that of their aggregate, [count, count, 1]; equal largest ones share it. */
export function emitAggregateGradient(
  graph: Graph,
  pairs: string,
  shape: readonly number[],
  gradient: string,
  aggregation: Aggregation,
): string {
  const node = (operation: string, ...inputs: string[]) => graph.node(operation, inputs)
  const overPositions = (operation: string, input: string) =>
    graph.node(operation, [input, graph.integers([2])], { keepdims: 1 })
  switch (aggregation) {
    case 'mean':
    case 'sum': {
      const share = aggregation === 'sum' ? 1 : 1 / shape.at(-1)!
      return node('Expand', node('Mul', gradient, graph.scalar(share)), graph.integers(shape))
    }
    case 'max': {
      const isLargest = node('Equal', pairs, overPositions('ReduceMax', pairs))
      const largest = graph.node('Cast', [isLargest], { to: float32 })
      return node('Mul', largest, node('Div', gradient, overPositions('ReduceSum', largest)))
    }
    case 'logsum':
      return node('Mul', graph.node('Softmax', [sharpened(graph, pairs)], { axis: 2 }), gradient)
  }
}

function sharpened(graph: Graph, pairs: string): string {
  return graph.node('Mul', [pairs, graph.scalar(sharpness)])
}
