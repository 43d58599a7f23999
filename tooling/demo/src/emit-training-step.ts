import { type BackboneSpec, type ConvolutionPlan, networkPlan, stateDictEntries } from '@mode-ood/backbones'
import { InvalidOptionError } from '@mode-ood/core'
import { createGraph } from '@mode-ood/onnx-graph'
import {
  addThenRelu,
  type BatchStatistics,
  classify,
  convolve,
  type MapShape,
  normalizeBatch,
  padShortcut,
} from './layers.ts'
import { createTape, type Tape } from './tape.ts'

export interface TrainingStepOptions {
  readonly classes: number
  readonly batchSize: number
  readonly momentum?: number
  /** Added to every gradient times the parameter, batch normalisation included, as PyTorch's SGD does. */
  readonly weightDecay?: number
}

/** How much of the running statistics stays at each step: PyTorch's momentum 0.1 from the other end. */
const statisticsKept = 0.9

/**
 * One step of SGD with momentum on the mean cross-entropy, as one ONNX graph of plain operators.
 *
 * Inputs: `images` [batchSize, size, size, 3] normalised, `targets` [batchSize, classes] one-hot, `learningRate` [],
 * every tensor of the state dict under its name, and for each one that is learnt its velocity as `velocity.NAME`.
 * Outputs: `loss` [] before the step, and `next.INPUT` for every tensor and velocity: feed them to the next step.
 *
 * @throws InvalidOptionError for a network with projection shortcuts or max pooling, which the demo does not need.
 */
export function emitTrainingStep(spec: BackboneSpec, options: TrainingStepOptions): Uint8Array {
  if (spec.shortcut !== 'pad' || spec.stem.maxPool) {
    throw new InvalidOptionError(`${spec.name}: the demo trains networks with "pad" shortcuts and no max pooling only`)
  }
  const { classes, batchSize, momentum = 0.9, weightDecay = 1e-4 } = options
  const graph = createGraph({ name: `${spec.name}-training-step` })
  const tape = createTape(graph)
  const images = graph.input('images', 'float32', [batchSize, spec.inputSize, spec.inputSize, 3])
  const targets = graph.input('targets', 'float32', [batchSize, classes])
  const learningRate = graph.input('learningRate', 'float32', [])
  const entries = stateDictEntries(spec, { classes })
  for (const { name, shape } of entries) graph.input(name, 'float32', shape)
  const next = (name: string, value: string, shape: readonly number[]) =>
    graph.output(graph.node('Identity', [value], {}, { name: `next.${name}` }), 'float32', shape)

  const { map, shape, statistics } = emitNetwork(
    spec,
    tape,
    graph.node('Transpose', [images], { perm: [0, 3, 1, 2] }),
    batchSize,
  )
  const head = { weight: `${spec.headName}.weight`, bias: `${spec.headName}.bias` }
  graph.output(graph.node('Identity', [classify(tape, map, head, targets, shape)], {}, { name: 'loss' }), 'float32', [])

  const scaled = (tensor: string, factor: number) => graph.node('Mul', [tensor, graph.scalar(factor)])
  const gradients = tape.differentiate()
  for (const { name, shape: dims } of entries) {
    const observed = statistics.get(name)
    if (observed !== undefined) {
      const sum = graph.node('Add', [scaled(name, statisticsKept), scaled(observed, 1 - statisticsKept)])
      next(name, sum, dims)
      continue
    }
    const velocity = graph.input(`velocity.${name}`, 'float32', dims)
    const step = graph.node('Sum', [scaled(velocity, momentum), gradients.get(name)!, scaled(name, weightDecay)])
    next(velocity, step, dims)
    next(name, graph.node('Sub', [name, graph.node('Mul', [learningRate, step])]), dims)
  }
  return graph.encode()
}

interface Layer {
  readonly map: string
  readonly shape: MapShape
}

/** The last feature map, and more. */
interface EmittedNetwork extends Layer {
  /** What the batch says about every running statistic, by the statistic's name. */
  readonly statistics: ReadonlyMap<string, string>
}

function emitNetwork(spec: BackboneSpec, tape: Tape, images: string, count: number): EmittedNetwork {
  const plan = networkPlan(spec)
  const statistics = new Map<string, string>()
  const observe = (batchNorm: string, { mean, variance }: BatchStatistics, n: number) => {
    statistics.set(`${batchNorm}.running_mean`, mean)
    // the running variance is the unbiased one
    statistics.set(`${batchNorm}.running_var`, tape.graph.node('Mul', [variance, tape.graph.scalar(n / (n - 1))]))
  }
  const convolveAndNormalize = (input: Layer, step: ConvolutionPlan): Layer => {
    const filter = `${step.convolution}.weight`
    const convolution = { ...step, count, size: input.shape.size }
    const map = convolve(tape, input.map, filter, convolution, { first: input.map === images })
    const shape = { count, channels: step.outputs, size: input.shape.size / step.stride }
    const affine = { scale: `${step.batchNorm}.weight`, bias: `${step.batchNorm}.bias` }
    const normalized = normalizeBatch(tape, map, affine, shape, spec.batchNormEpsilon)
    observe(step.batchNorm, normalized.statistics, count * shape.size ** 2)
    return { map: normalized.output, shape }
  }
  const relu = ({ map, shape }: Layer): Layer => ({ map: addThenRelu(tape, map), shape })
  let layer = relu(
    convolveAndNormalize({ map: images, shape: { count, channels: 3, size: spec.inputSize } }, plan.stem),
  )
  for (const { convolutions, shortcut } of plan.blocks) {
    let inner = layer
    for (const step of convolutions.slice(0, -1)) inner = relu(convolveAndNormalize(inner, step))
    const { map, shape } = convolveAndNormalize(inner, convolutions.at(-1)!)
    const padded = typeof shortcut === 'object' && 'pad' in shortcut
    const around = padded ? padShortcut(tape, layer.map, shortcut.pad, layer.shape) : layer.map
    layer = { map: addThenRelu(tape, map, around), shape }
  }
  return { ...layer, statistics }
}
