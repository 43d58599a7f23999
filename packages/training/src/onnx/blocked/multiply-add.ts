import type { Graph } from '@mode-ood/onnx-graph'
import type { MultiplyAddTerms } from '../graph-layout.ts'
import { blockedDomain } from './blocked-graph.ts'

/**
 * factor · x + y in one pass, without a tensor between: a depthwise 1x1 convolution of x, [1, B, 1, length / B], that adds y.
 */
export function multiplyAdd(graph: Graph, block: number, { factor, x, y }: MultiplyAddTerms, name?: string): string {
  const each = graph.node('Expand', [factor, graph.integers([block, 1, 1, 1])])
  const attributes = { kernel_shape: [1, 1], group: block }
  return graph.node('Conv', [x, each, '', y], attributes, {
    domain: blockedDomain,
    ...(name !== undefined && { name }),
  })
}
