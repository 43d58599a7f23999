import { float } from '@mode-ood/onnx-graph'
import type { MapOptions } from '../graph-layout.ts'
import type { GraphMap, NormalizeOptions } from '../map-layout.ts'
import type { BlockedGraph } from './blocked-graph.ts'
import { channelDot, channelMean } from './channel-statistics.ts'
import { addMapGradient, recordMap } from './even-gradient.ts'
import { clearFillingImages } from './filling-images.ts'
import { mapExtents } from './map-extents.ts'

/**
 * Batch normalisation (Ioffe & Szegedy 2015), then the shortcut and ReLU, all in one pass over the map once its statistics
 * are known. The formulas are those of the plain layout, arranged so that two passes suffice backwards, too:
 * dx = a · dy + (slope · x + offset).
 */
export function normalize(
  blocked: BlockedGraph,
  input: GraphMap,
  batchNorm: string,
  { mode, batchNormEpsilon, observe }: MapOptions,
  { shortcut, relu }: NormalizeOptions,
): GraphMap {
  const { tape, node } = blocked
  const extents = mapExtents(input, blocked.block)
  const { count, height, width } = input
  const positions = count * height * width
  const scalar = (value: number) => blocked.once(`scalar ${value}`, () => blocked.graph.scalar(value))
  const [weight, bias, runningMean, runningVariance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
    (tensor) => `${batchNorm}.${tensor}`,
  ) as [string, string, string, string]

  const isTraining = mode === 'training'
  const mean = isTraining ? channelMean(blocked, input.name, extents, count) : runningMean
  const variance = isTraining
    ? node('Relu', node('Sub', channelDot(blocked, [input.name, input.name], extents, count), node('Mul', mean, mean)))
    : runningVariance
  if (isTraining) {
    observe(runningMean, mean)
    observe(runningVariance, node('Mul', variance, scalar(positions / (positions - 1))))
  }
  const inverse = node('Reciprocal', node('Sqrt', node('Add', variance, scalar(batchNormEpsilon))))
  const a = node('Mul', weight, inverse)
  const affine = affinePass(blocked, extents.channels)
  const offset = node('Sub', bias, node('Mul', mean, a))
  const normalized = affine(input.name, a, { bias: offset, sum: shortcut?.name, relu })
  const output = { ...input, name: clearFillingImages(blocked, normalized, input) }

  recordMap(blocked, output, (gradient) => {
    const dy = relu
      ? node('Mul', gradient, positive(blocked, output.name))
      : clearFillingImages(blocked, gradient, output)
    if (shortcut) addMapGradient(blocked, shortcut, (sum) => (sum === undefined ? dy : node('Add', sum, dy)))
    const meanGradient = channelMean(blocked, dy, extents, count)
    const products = channelDot(blocked, [dy, input.name], extents, count)
    // -mean(dy · normalised input)
    const s = node('Mul', node('Sub', node('Mul', mean, meanGradient), products), inverse)
    tape.addGradient(weight, node('Mul', s, scalar(-positions)))
    tape.addGradient(bias, node('Mul', meanGradient, scalar(positions)))
    const slope = node('Mul', s, node('Mul', a, inverse))
    const rest = node('Neg', node('Add', node('Mul', a, meanGradient), node('Mul', slope, mean)))
    addMapGradient(blocked, input, (sum) => {
      const dx = affine(dy, a, { sum: affine(input.name, slope, { bias: rest }) })
      return sum === undefined ? dx : node('Add', sum, dx)
    })
  })
  return output
}

interface AffineOptions {
  readonly bias?: string
  readonly sum?: string | undefined
  readonly relu?: boolean
}

/** relu(scale · map + bias + sum), scale and bias a number a channel: a depthwise 1x1 convolution. */
function affinePass(blocked: BlockedGraph, channels: number) {
  return (map: string, scale: string, options: AffineOptions) => {
    const filter = blocked.reshape(scale, [channels, 1, 1, 1])
    return blocked.convolve(map, filter, { kernel: [1, 1], groups: channels, ...options })
  }
}

/** 1 where a tensor is positive, else 0: a steep HardSigmoid, because the runtime's Sign is five times slower. */
function positive({ graph }: BlockedGraph, tensor: string): string {
  return graph.node('HardSigmoid', [tensor], { alpha: float(1e30), beta: float(0) })
}
