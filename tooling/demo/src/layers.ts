import type { PadPlan } from '@mode-ood/backbones'
import { float, type Graph } from '@mode-ood/onnx-graph'
import { type ConvolutionShape, filterGradient } from './filter-gradient.ts'
import type { Tape } from './tape.ts'

/** Maps on the tape: [count, channels, size, size]. */
export interface MapShape {
  readonly count: number
  readonly channels: number
  readonly size: number
}

/**
 * A convolution padded by half its kernel, without bias.
 *
 * @param options.learn whether the filter has a gradient. Option A shortcuts are convolutions with fixed filters.
 * @param options.first whether the input is the images, which need no gradient.
 */
export function convolve(
  tape: Tape,
  input: string,
  filter: string,
  shape: ConvolutionShape,
  { learn = true, first = false }: { readonly learn?: boolean; readonly first?: boolean } = {},
): string {
  const { graph } = tape
  const { kernel, stride } = shape
  const pad = (kernel - 1) / 2
  const window = { strides: [stride, stride], pads: [pad, pad, pad, pad] }
  const output = graph.node('Conv', [input, filter], window)
  tape.record(output, (gradient) => {
    if (learn) tape.addGradient(filter, filterGradient(graph, input, gradient, shape))
    if (first) return
    if (stride > 1) {
      // the rows and columns that no window ends on are missing from the result unless asked for
      const missing = stride - 1
      const attributes = { ...window, output_padding: [missing, missing] }
      tape.addGradient(input, graph.node('ConvTranspose', [gradient, filter], attributes))
    } else tape.addGradient(input, graph.node('Conv', [gradient, flip(graph, filter)], window))
  })
  return output
}

/** The filter turned by half a turn, inputs and outputs swapped: convolving with it transposes the convolution. */
function flip(graph: Graph, filter: string): string {
  const [start, end, axes, steps] = [
    [-1, -1],
    [-100, -100],
    [2, 3],
    [-1, -1],
  ].map((values) => graph.integers(values))
  const turned = graph.node('Slice', [filter, start!, end!, axes!, steps!])
  return graph.node('Transpose', [turned], { perm: [1, 0, 2, 3] })
}

/** Option A of He et al. 2016: every `stride`-th row and column, zeros as new channels on both sides alike. */
export function padShortcut(tape: Tape, input: string, plan: PadPlan, { count, size }: MapShape): string {
  const { inputs, outputs, stride } = plan
  const filter = new Float32Array(outputs * inputs)
  const before = Math.floor((outputs - inputs) / 2)
  for (let channel = 0; channel < inputs; channel++) filter[(before + channel) * inputs + channel] = 1
  const constant = tape.graph.constant(filter, [outputs, inputs, 1, 1])
  return convolve(tape, input, constant, { count, inputs, outputs, kernel: 1, stride, size }, { learn: false })
}

/** What batch normalisation saw in a batch, [channels] each; the variance is divided by n. */
export interface BatchStatistics {
  readonly mean: string
  readonly variance: string
}

/**
 * Batch normalisation by the batch's own statistics (Ioffe & Szegedy 2015), a = scale / sqrt(variance + epsilon). With dy
 * the output's gradient, s = mean(dy · normalised input) and means over images and pixels:
 * dx = a · (dy - mean(dy) - s · normalised input), dscale = n · s, dbias = n · mean(dy).
 */
export function normalizeBatch(
  tape: Tape,
  input: string,
  { scale, bias }: { readonly scale: string; readonly bias: string },
  { count, channels, size }: MapShape,
  epsilon: number,
): { output: string; statistics: BatchStatistics } {
  const { graph } = tape
  const node = (operation: string, ...inputs: string[]) => graph.node(operation, inputs)
  const channelMean = (map: string) =>
    node('Reshape', node('ReduceMean', node('GlobalAveragePool', map), graph.integers([0])), graph.integers([channels]))
  const mean = channelMean(input)
  const variance = node('Relu', node('Sub', channelMean(node('Mul', input, input)), node('Mul', mean, mean)))
  const output = graph.node('BatchNormalization', [input, scale, bias, mean, variance], { epsilon: float(epsilon) })
  tape.record(output, (gradient) => {
    const inverse = node('Reciprocal', node('Sqrt', node('Add', variance, graph.scalar(epsilon))))
    const meanGradient = channelMean(gradient)
    const centred = node('Sub', channelMean(node('Mul', gradient, input)), node('Mul', mean, meanGradient))
    const s = node('Mul', inverse, centred)
    const images = graph.scalar(count * size * size)
    tape.addGradient(scale, node('Mul', s, images))
    tape.addGradient(bias, node('Mul', meanGradient, images))
    const a = node('Mul', scale, inverse)
    const slope = node('Neg', node('Mul', node('Mul', a, inverse), s))
    const offset = node('Neg', node('Add', node('Mul', a, meanGradient), node('Mul', slope, mean)))
    const direct = affine(graph, gradient, a, offset, channels)
    const shape = graph.integers([channels, 1, 1])
    tape.addGradient(input, node('Add', direct, node('Mul', input, node('Reshape', slope, shape))))
  })
  return { output, statistics: { mean, variance } }
}

/** scale · map + offset per channel: in one pass as the batch normalisation of something already standardised. */
function affine(graph: Graph, map: string, scale: string, offset: string, channels: number): string {
  const zeros = graph.constant(new Float32Array(channels))
  const ones = graph.constant(new Float32Array(channels).fill(1))
  return graph.node('BatchNormalization', [map, scale, offset, zeros, ones], { epsilon: float(0) })
}

/** max(0, sum of the inputs); its gradient passes where the output is positive. */
export function addThenRelu(tape: Tape, ...inputs: readonly string[]): string {
  const { graph } = tape
  const output = graph.node('Relu', [inputs.length === 1 ? inputs[0]! : graph.node('Sum', inputs)])
  tape.record(output, (gradient) => {
    const passed = graph.node('Mul', [gradient, graph.node('Sign', [output])])
    for (const input of inputs) tape.addGradient(input, passed)
  })
  return output
}

/**
 * Global average pooling, linear classifier and mean cross-entropy. `weight` is [classes, channels], `targets`
 * [count, classes] with a one in every row. Returns the loss and starts the gradients.
 */
export function classify(
  tape: Tape,
  map: string,
  head: { readonly weight: string; readonly bias: string },
  targets: string,
  { count, channels, size }: MapShape,
): string {
  const { graph } = tape
  const node = (operation: string, ...inputs: string[]) => graph.node(operation, inputs)
  const embedding = graph.node('Flatten', [graph.node('GlobalAveragePool', [map])], { axis: 1 })
  const logits = graph.node('Gemm', [embedding, head.weight, head.bias], { transB: 1 })
  const logProbabilities = graph.node('LogSoftmax', [logits], { axis: 1 })
  const total = graph.node('ReduceSum', [node('Mul', logProbabilities, targets)], { keepdims: 0 })
  const error = node('Mul', node('Sub', node('Exp', logProbabilities), targets), graph.scalar(1 / count))
  tape.addGradient(head.weight, graph.node('Gemm', [error, embedding], { transA: 1 }))
  tape.addGradient(head.bias, graph.node('ReduceSum', [error, graph.integers([0])], { keepdims: 0 }))
  const pooled = node('Mul', node('MatMul', error, head.weight), graph.scalar(1 / size ** 2))
  const pixel = node('Reshape', pooled, graph.integers([count, channels, 1, 1]))
  tape.addGradient(map, node('Expand', pixel, graph.integers([count, channels, size, size])))
  return node('Mul', total, graph.scalar(-1 / count))
}
