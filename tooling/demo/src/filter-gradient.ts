import type { Graph } from '@mode-ood/onnx-graph'

/** A square convolution: `size` is the input's height and width, the output's is size / stride. */
export interface ConvolutionShape {
  readonly count: number
  readonly inputs: number
  readonly outputs: number
  readonly kernel: number
  readonly stride: number
  readonly size: number
}

/**
 * The gradient of a filter [outputs, inputs, kernel, kernel], padded by half of it: for each of its taps the matrix product
 * of the output's gradient, one row a pixel, with what the tap saw at that pixel.
 */
export function filterGradient(graph: Graph, input: string, outputGradient: string, shape: ConvolutionShape): string {
  const { count, inputs, outputs, kernel, stride, size } = shape
  const pad = (kernel - 1) / 2
  const pixels = count * (size / stride) ** 2
  const lastChannels = (map: string) => graph.node('Transpose', [map], { perm: [0, 2, 3, 1] })
  const rows = (map: string, columns: number) => graph.node('Reshape', [map, graph.integers([pixels, columns])])
  const source = lastChannels(graph.node('Pad', [input, graph.integers([0, 0, pad, pad, 0, 0, pad, pad])]))
  const gradient = rows(lastChannels(outputGradient), outputs)
  const [axes, steps] = [graph.integers([1, 2]), graph.integers([stride, stride])]
  const products = Array.from({ length: kernel * kernel }, (_, tap) => {
    const start = [Math.floor(tap / kernel), tap % kernel]
    const end = start.map((position) => position + size - stride + 1)
    const seen = graph.node('Slice', [source, graph.integers(start), graph.integers(end), axes, steps])
    return graph.node('Gemm', [gradient, rows(seen, inputs)], { transA: 1 })
  })
  const together = graph.node('Concat', products, { axis: 0 })
  const byTap = graph.node('Reshape', [together, graph.integers([kernel, kernel, outputs, inputs])])
  return graph.node('Transpose', [byTap], { perm: [2, 3, 0, 1] })
}
