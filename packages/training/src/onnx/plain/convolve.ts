import type { ConvolutionPlan } from '@mode-ood/backbones'
import type { Attributes, Graph } from '@mode-ood/onnx-graph'
import type { GraphMap } from '../map-layout.ts'
import type { Tape } from '../tape.ts'
import { filterGradient } from './filter-gradient.ts'

/** A convolution of [count, inputs, height, width] padded by half its kernel; the filter is `CONVOLUTION.weight`. */
export function convolve(tape: Tape, input: GraphMap, plan: ConvolutionPlan, isFirst: boolean): GraphMap {
  const { graph } = tape
  const { stride, outputs } = plan
  const filter = `${plan.convolution}.weight`
  const name = graph.node('Conv', [input.name, filter], windowOf(plan))
  const [height, width] = [Math.ceil(input.height / stride), Math.ceil(input.width / stride)]
  const output = { ...input, name, channels: outputs, height, width }
  tape.record(name, (gradient) => {
    tape.addGradient(filter, filterGradient(graph, input, { ...output, name: gradient }, plan))
    if (isFirst) return
    tape.addGradient(input.name, (sum) => {
      const own = inputGradient(graph, input, { ...output, name: gradient }, plan)
      return sum === undefined ? own : graph.node('Add', [sum, own])
    })
  })
  return output
}

function windowOf({ kernel, stride }: ConvolutionPlan): Attributes {
  const pad = (kernel - 1) / 2
  return { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad] }
}

function inputGradient(graph: Graph, input: GraphMap, gradient: GraphMap, plan: ConvolutionPlan): string {
  const { kernel, stride } = plan
  const filter = `${plan.convolution}.weight`
  if (stride === 1) return graph.node('Conv', [gradient.name, turned(graph, filter, kernel)], windowOf(plan))
  // rows and columns behind the last window are missing from the transposed convolution unless asked for
  const over = [input.height - gradient.height * stride, input.width - gradient.width * stride]
  const attributes = { ...windowOf(plan), output_padding: over.map((positions) => positions + stride - 1) }
  return graph.node('ConvTranspose', [gradient.name, filter], attributes)
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
