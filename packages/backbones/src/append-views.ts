import type { Graph } from '@mode-ood/onnx-graph'
import { viewWindows } from './view-windows.ts'

/** Where the feature map is in the graph, and how it lies in memory. */
export interface MapInGraph {
  readonly name: string
  readonly layout: 'NCHW' | 'NHWC'
  readonly height: number
  readonly width: number
  readonly channels: number
}

const normFloor = 1e-10

/**
 * Adds the pooling of a feature map to its six unit-length views, so that only [n, 6, channels] leaves the graph. One
 * matrix product does it, with a column of window weights a view: any size of map, any opset from 7.
 *
 * @returns the name of the views, float32 [n, 6, channels]; each is divided by its L2 norm + 1e-10.
 */
export function appendViews(graph: Graph, map: MapInGraph): string {
  const windows = viewWindows(map.height, map.width)
  const positions = map.height * map.width
  const weights = new Float32Array(windows.length * positions)
  for (const [view, { top, bottom, left, right }] of windows.entries()) {
    const share = 1 / ((bottom - top) * (right - left))
    for (let row = top; row < bottom; row++) {
      weights.fill(share, view * positions + row * map.width + left, view * positions + row * map.width + right)
    }
  }
  const pooling = graph.constant(weights, [windows.length, positions])
  const flat = (shape: readonly number[]) => graph.node('Reshape', [map.name, graph.integers(shape)])
  const positionsFirst =
    map.layout === 'NHWC'
      ? flat([0, positions, map.channels])
      : graph.node('Transpose', [flat([0, map.channels, positions])], { perm: [0, 2, 1] })
  const pooled = graph.node('MatMul', [pooling, positionsFirst])
  const squares = sumLast(graph, graph.node('Mul', [pooled, pooled]))
  const length = graph.node('Add', [graph.node('Sqrt', [squares]), graph.scalar(normFloor)])
  return graph.node('Div', [pooled, length])
}

/** The sum over the last of three axes; the axes became an input with opset 13. */
function sumLast(graph: Graph, input: string): string {
  if (graph.opset < 13) return graph.node('ReduceSum', [input], { axes: [2], keepdims: 1 })
  return graph.node('ReduceSum', [input, graph.integers([2])], { keepdims: 1 })
}
