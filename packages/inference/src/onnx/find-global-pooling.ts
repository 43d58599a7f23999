import type { NodeProto } from '@mode-ood/onnx-graph'
import { constantValues } from './constant-values.ts'
import { type GraphIndex, integersAttribute } from './graph-index.ts'

export interface GlobalPooling {
  /** The map that is pooled. */
  readonly featureMap: string
  /** The pooled map. */
  readonly pooled: string
  readonly layout: 'NCHW' | 'NHWC'
  /** Set for an average over windows: the pooling is global only when the map has exactly this size. */
  readonly window: readonly number[] | undefined
}

/**
 * Global average poolings among `nodes` (the last first): GlobalAveragePool, ReduceMean over two spatial axes, and
 * AveragePool, which is one if its window covers the map.
 */
export function findGlobalPoolings(graph: GraphIndex, nodes: readonly NodeProto[]): GlobalPooling[] {
  return nodes.flatMap((node): GlobalPooling[] => {
    const [featureMap] = node.input
    const [pooled] = node.output
    const found = (layout: 'NCHW' | 'NHWC', window?: readonly number[]) => [
      { featureMap: featureMap!, pooled: pooled!, layout, window },
    ]
    if (node.opType === 'GlobalAveragePool') return found('NCHW')
    if (node.opType === 'ReduceMean') {
      const layout = layoutOfAxes(reducedAxes(graph, node))
      return layout ? found(layout) : []
    }
    if (node.opType !== 'AveragePool') return []
    const window = integersAttribute(node, 'kernel_shape')
    const isPadded = (integersAttribute(node, 'pads') ?? []).some((pad) => pad !== 0)
    return window?.length === 2 && !isPadded ? found('NCHW', window) : []
  })
}

/** Axes are an attribute in older operator sets and an input in newer ones. */
function reducedAxes(graph: GraphIndex, node: NodeProto): number[] {
  const constant = node.input[1] === undefined ? undefined : graph.constants.get(node.input[1])
  return integersAttribute(node, 'axes') ?? Array.from((constant && constantValues(constant)) ?? [])
}

function layoutOfAxes(axes: readonly number[]): 'NCHW' | 'NHWC' | undefined {
  const key = axes
    .map((axis) => (axis < 0 ? axis + 4 : axis))
    .sort((a, b) => a - b)
    .join()
  if (key === '2,3') return 'NCHW'
  return key === '1,2' ? 'NHWC' : undefined
}
