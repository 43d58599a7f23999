import type { ConvolutionPlan } from '@mode-ood/backbones'
import type { Graph } from '@mode-ood/onnx-graph'
import type { GraphMap } from '../map-layout.ts'
import type { Tape } from '../tape.ts'
import { filterGradient } from './filter-gradient.ts'

/** A convolution of [count, inputs, height, width] padded by half its kernel; the filter is `CONVOLUTION.weight`. */
export function convolve(tape: Tape, input: GraphMap, plan: ConvolutionPlan, isFirst: boolean): GraphMap {
  const { graph } = tape
  const { kernel, stride, outputs } = plan
  const filter = `${plan.convolution}.weight`
  const pad = (kernel - 1) / 2
  const window = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad] }
  const name = graph.node('Conv', [input.name, filter], window)
  const [height, width] = [Math.ceil(input.height / stride), Math.ceil(input.width / stride)]
  const output = { ...input, name, channels: outputs, height, width }
  tape.record(name, (gradient) => {
    tape.addGradient(filter, filterGradient(graph, input, { ...output, name: gradient }, plan))
    if (isFirst) return
    if (stride === 1)
      tape.addGradient(input.name, graph.node('Conv', [gradient, turned(graph, filter, kernel)], window))
    else {
      // rows and columns behind the last window are missing from the transposed convolution unless asked for
      const behind = [input.height - height * stride, input.width - width * stride].map((over) => over + stride - 1)
      const attributes = { ...window, output_padding: behind }
      tape.addGradient(input.name, graph.node('ConvTranspose', [gradient, filter], attributes))
    }
  })
  return output
}

/** The filter turned by half a turn, inputs and outputs swapped: convolving with it transposes the convolution. */
function turned(graph: Graph, filter: string, kernel: number): string {
  const swap = (tensor: string) => graph.node('Transpose', [tensor], { perm: [1, 0, 2, 3] })
  if (kernel === 1) return swap(filter)
  const [start, end, axes, steps] = [
    [-1, -1],
    [-kernel - 1, -kernel - 1],
    [2, 3],
    [-1, -1],
  ].map(graph.integers)
  return swap(graph.node('Slice', [filter, start!, end!, axes!, steps!]))
}
