import { float, type Graph } from '@mode-ood/onnx-graph'
import type { MapOptions } from '../graph-layout.ts'
import type { GraphMap, NormalizeOptions } from '../map-layout.ts'
import type { Tape } from '../tape.ts'

/**
 * Batch normalisation (Ioffe & Szegedy 2015), then the shortcut and ReLU.
 *
 * With a = scale / sqrt(variance + epsilon), dy the output's gradient, s = mean(dy · normalised input), means over images and
 * positions, n of them: dx = a · (dy - mean(dy) - s · normalised input), dscale = n · s, dbias = n · mean(dy).
 */
export function normalize(
  tape: Tape,
  input: GraphMap,
  batchNorm: string,
  options: MapOptions,
  { shortcut, relu }: NormalizeOptions,
): GraphMap {
  const { graph } = tape
  const normalized =
    options.mode === 'training'
      ? normalizeByBatch(tape, input, batchNorm, options)
      : graph.node(
          'BatchNormalization',
          [input.name, ...['weight', 'bias', 'running_mean', 'running_var'].map((tensor) => `${batchNorm}.${tensor}`)],
          { epsilon: float(options.batchNormEpsilon) },
        )
  const sum = shortcut ? graph.node('Add', [normalized, shortcut.name]) : normalized
  const name = relu ? graph.node('Relu', [sum]) : sum
  if (sum === normalized && !relu) return { ...input, name }
  tape.record(name, (gradient) => {
    const passed = relu ? graph.node('Mul', [gradient, positive(graph, name)]) : gradient
    tape.addGradient(normalized, passed)
    if (shortcut) tape.addGradient(shortcut.name, passed)
  })
  return { ...input, name }
}

/** 1 where a tensor is positive, else 0: a steep HardSigmoid, because the runtime's Sign is five times slower. */
function positive(graph: Graph, tensor: string): string {
  return graph.node('HardSigmoid', [tensor], { alpha: float(1e30), beta: float(0) })
}

function normalizeByBatch(tape: Tape, input: GraphMap, batchNorm: string, options: MapOptions): string {
  const { graph } = tape
  const { batchNormEpsilon: epsilon, observe } = options
  const { count, channels, height, width } = input
  const positions = count * height * width
  const [scale, bias] = [`${batchNorm}.weight`, `${batchNorm}.bias`]
  const node = (operation: string, ...inputs: string[]) => graph.node(operation, inputs)
  const channelMean = (map: string) =>
    node('Reshape', node('ReduceMean', node('GlobalAveragePool', map), graph.integers([0])), graph.integers([channels]))
  const mean = channelMean(input.name)
  const variance = node('Relu', node('Sub', channelMean(node('Mul', input.name, input.name)), node('Mul', mean, mean)))
  observe(`${batchNorm}.running_mean`, mean)
  observe(`${batchNorm}.running_var`, node('Mul', variance, graph.scalar(positions / (positions - 1))))
  const output = graph.node('BatchNormalization', [input.name, scale, bias, mean, variance], {
    epsilon: float(epsilon),
  })
  tape.record(output, (gradient) => {
    const inverse = node('Reciprocal', node('Sqrt', node('Add', variance, graph.scalar(epsilon))))
    const meanGradient = channelMean(gradient)
    const centred = node('Sub', channelMean(node('Mul', gradient, input.name)), node('Mul', mean, meanGradient))
    const s = node('Mul', inverse, centred)
    tape.addGradient(scale, node('Mul', s, graph.scalar(positions)))
    tape.addGradient(bias, node('Mul', meanGradient, graph.scalar(positions)))
    const a = node('Mul', scale, inverse)
    const slope = node('Neg', node('Mul', node('Mul', a, inverse), s))
    const offset = node('Neg', node('Add', node('Mul', a, meanGradient), node('Mul', slope, mean)))
    const direct = affine(graph, gradient, a, offset, channels)
    const shape = graph.integers([channels, 1, 1])
    tape.addGradient(input.name, node('Add', direct, node('Mul', input.name, node('Reshape', slope, shape))))
  })
  return output
}

/** scale · map + offset per channel: in one pass as the batch normalisation of something already standardised. */
function affine(graph: Graph, map: string, scale: string, offset: string, channels: number): string {
  const zeros = graph.constant(new Float32Array(channels))
  const ones = graph.constant(new Float32Array(channels).fill(1))
  return graph.node('BatchNormalization', [map, scale, offset, zeros, ones], { epsilon: float(0) })
}
