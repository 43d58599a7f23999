import type { ConvolutionPlan } from '@mode-ood/backbones'
import type { Graph } from '@mode-ood/onnx-graph'
import type { GraphMap } from '../map-layout.ts'

/**
 * The gradient of a filter [outputs, inputs, kernel, kernel] that is padded by half of it: for each of its taps the matrix
 * product of the output's gradient, one row a pixel, with what the tap saw at that pixel.
 */
export function filterGradient(graph: Graph, input: GraphMap, outputGradient: GraphMap, plan: ConvolutionPlan): string {
  const { inputs, outputs, kernel, stride } = plan
  const { height, width } = outputGradient
  const pad = (kernel - 1) / 2
  const lastChannels = (map: string) => graph.node('Transpose', [map], { perm: [0, 2, 3, 1] })
  const rows = (map: string, columns: number) => graph.node('Reshape', [map, graph.integers([-1, columns])])
  const gradient = rows(lastChannels(outputGradient.name), outputs)
  const padded =
    pad === 0 ? input.name : graph.node('Pad', [input.name, graph.integers([0, 0, pad, pad, 0, 0, pad, pad])])
  const source = lastChannels(padded)
  const [axes, steps] = [graph.integers([1, 2]), graph.integers([stride, stride])]
  const seenBy = (row: number, column: number) => {
    if (kernel === 1 && stride === 1) return rows(source, inputs)
    const end = [row + (height - 1) * stride + 1, column + (width - 1) * stride + 1]
    return rows(graph.node('Slice', [source, graph.integers([row, column]), graph.integers(end), axes, steps]), inputs)
  }
  const products = Array.from({ length: kernel ** 2 }, (_, tap) =>
    graph.node('Gemm', [gradient, seenBy(Math.floor(tap / kernel), tap % kernel)], { transA: 1 }),
  )
  const together = kernel === 1 ? products[0]! : graph.node('Concat', products, { axis: 0 })
  const byTap = graph.node('Reshape', [together, graph.integers([kernel, kernel, outputs, inputs])])
  return graph.node('Transpose', [byTap], { perm: [2, 3, 0, 1] })
}
