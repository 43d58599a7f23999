import { createGraph, type Graph } from '@mode-ood/onnx-graph'
import { appendViews } from './append-views.ts'
import type { BackboneSpec } from './backbone-spec.ts'
import { foldBatchNorm } from './fold-batch-norm.ts'
import type { BackboneWeights } from './load-state-dict.ts'
import { type BlockPlan, type ConvolutionPlan, networkPlan, type PadPlan } from './network-plan.ts'

/** What an inference graph can give. */
export type OutputName = 'logits' | 'embedding' | 'featureMap' | 'views'

export interface EmitOptions {
  /** Outputs of the graph; all by default, logits only when the weights have a classifier. */
  readonly outputs?: readonly OutputName[]
  /** Size of the images; the spec's own by default. */
  readonly height?: number
  readonly width?: number
}

/**
 * The network as an ONNX model for inference, batch normalisation folded into the convolutions.
 *
 * Input `images`: float32 [n, height, width, 3], normalised. Outputs, all float32: `logits` [n, classes], `embedding`
 * [n, channels] (global average), `featureMap` [n, h, w, channels] (last map, after ReLU), `views` [n, 6, channels].
 *
 * @example
 * const spec = backboneSpec('cifar-resnet20')
 * const bytes = emitInference(spec, loadStateDict(spec, tensors, { classes: 10 }), { outputs: ['logits', 'views'] })
 */
export function emitInference(
  spec: BackboneSpec,
  weights: BackboneWeights,
  options: EmitOptions = {},
): Uint8Array<ArrayBuffer> {
  const { height = spec.inputSize, width = spec.inputSize } = options
  const all: readonly OutputName[] = ['logits', 'embedding', 'featureMap', 'views']
  const outputs = options.outputs ?? all.filter((name) => name !== 'logits' || weights.head)
  const graph = createGraph({ name: spec.name })
  const plan = networkPlan(spec)
  const convolve = (input: string, step: ConvolutionPlan) =>
    convolution(graph, input, step, foldBatchNorm(spec, weights, step))
  const relu = (input: string) => graph.node('Relu', [input])

  const images = graph.input('images', 'float32', ['n', height, width, 3])
  let map = relu(convolve(graph.node('Transpose', [images], { perm: [0, 3, 1, 2] }), plan.stem))
  if (spec.stem.maxPool) {
    map = graph.node('MaxPool', [map], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })
  }
  for (const block of plan.blocks) {
    let inner = map
    for (const step of block.convolutions.slice(0, -1)) inner = relu(convolve(inner, step))
    const last = convolve(inner, block.convolutions.at(-1)!)
    map = relu(graph.node('Add', [last, shortcut(graph, map, block, convolve)]))
  }
  emitOutputs(graph, { map, ...mapSize(spec, height, width), channels: plan.dimension }, weights, outputs)
  return graph.encode()
}

function convolution(
  graph: Graph,
  input: string,
  step: Pick<ConvolutionPlan, 'inputs' | 'outputs' | 'kernel' | 'stride'>,
  { weight, bias }: { weight: Float32Array; bias?: Float32Array },
): string {
  const pad = (step.kernel - 1) / 2
  const kernel = graph.constant(weight, [step.outputs, step.inputs, step.kernel, step.kernel])
  return graph.node('Conv', bias ? [input, kernel, graph.constant(bias)] : [input, kernel], {
    kernel_shape: [step.kernel, step.kernel],
    strides: [step.stride, step.stride],
    pads: [pad, pad, pad, pad],
  })
}

function shortcut(
  graph: Graph,
  input: string,
  block: BlockPlan,
  convolve: (input: string, step: ConvolutionPlan) => string,
): string {
  if (block.shortcut === 'identity') return input
  if ('projection' in block.shortcut) return convolve(input, block.shortcut.projection)
  return padShortcut(graph, input, block.shortcut.pad)
}

/**
 * Option A as a 1x1 convolution with ones and zeros: exact, and onnxruntime keeps its blocked layout and fuses the addition,
 * where Slice and Pad would make it convert the map there and back.
 */
function padShortcut(graph: Graph, input: string, pad: PadPlan): string {
  const weight = new Float32Array(pad.outputs * pad.inputs)
  const before = Math.floor((pad.outputs - pad.inputs) / 2)
  for (let channel = 0; channel < pad.inputs; channel++) weight[(before + channel) * pad.inputs + channel] = 1
  return convolution(graph, input, { ...pad, kernel: 1 }, { weight })
}

interface LastMap {
  readonly map: string
  readonly height: number
  readonly width: number
  readonly channels: number
}

function emitOutputs(
  graph: Graph,
  { map, height, width, channels }: LastMap,
  weights: BackboneWeights,
  outputs: readonly OutputName[],
): void {
  const embedding = graph.node('Flatten', [graph.node('GlobalAveragePool', [map])], { axis: 1 })
  const emit: Record<OutputName, () => { tensor: string; shape: number[] }> = {
    logits: () => {
      const { weight, bias } = weights.head!
      const inputs = [embedding, graph.constant(weight.data, [weight.rows, weight.columns]), graph.constant(bias)]
      return { tensor: graph.node('Gemm', inputs, { transB: 1 }), shape: [weight.rows] }
    },
    embedding: () => ({ tensor: embedding, shape: [channels] }),
    featureMap: () => ({
      tensor: graph.node('Transpose', [map], { perm: [0, 2, 3, 1] }),
      shape: [height, width, channels],
    }),
    views: () => ({
      tensor: appendViews(graph, { name: map, layout: 'NCHW', height, width, channels }),
      shape: [6, channels],
    }),
  }
  for (const name of outputs) {
    const { tensor, shape } = emit[name]()
    graph.output(graph.node('Identity', [tensor], {}, { name }), 'float32', ['n', ...shape])
  }
}

/** Height and width of the last feature map. */
function mapSize(spec: BackboneSpec, height: number, width: number): { height: number; width: number } {
  const strides = [spec.stem.stride, ...(spec.stem.maxPool ? [2] : []), ...spec.stages.map(({ stride }) => stride)]
  const shrink = (extent: number) => strides.reduce((size, stride) => Math.ceil(size / stride), extent)
  return { height: shrink(height), width: shrink(width) }
}
