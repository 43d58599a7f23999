import type { BackboneSpec } from '@mode-ood/backbones'
import { createGraph, type Graph } from '@mode-ood/onnx-graph'
import type { OptimizerOptions } from '../optimizer-options.ts'
import { assembleVariable, declareVariables } from './declare-variables.ts'
import { emitClassifier } from './emit-linear.ts'
import { emitNetwork, type ImageShape } from './emit-network.ts'
import type { GraphLayout } from './graph-layout.ts'
import type { LossEmitter, LossInputs } from './losses/loss-emitter.ts'
import type { GraphMap } from './map-layout.ts'
import { emitSgd } from './sgd.ts'
import type { StateVariable } from './state-variable.ts'
import { gradientName, nextName } from './step-names.ts'
import { createTape, type Tape } from './tape.ts'

export interface TrainingGraphOptions {
  readonly spec: BackboneSpec
  /** Of the classifier; without it there is none and the loss must not read logits. */
  readonly classes: number | undefined
  readonly layout: GraphLayout
  readonly variables: readonly StateVariable[]
  readonly loss: LossEmitter
  readonly views: 1 | 2
  /** The stem and so many stages are in evaluation mode, and no gradient goes there; 0 by default. */
  readonly frozenStages?: number
  readonly images: ImageShape
  /** Without it the graph gives gradients instead of learnt variables' next values. */
  readonly optimizer?: OptimizerOptions | undefined
}

/** How much of a running statistic stays at each step: PyTorch's momentum 0.1 from the other end. */
const statisticsKept = 0.9

/** Whether a step gives a variable a new value: all but what is frozen, and a classifier that is only carried along. */
export function changes({ role, parts }: StateVariable): boolean {
  if (role === 'carried') return parts.some(({ entry }) => entry.part === 'loss')
  return role !== 'frozen'
}

/**
 * A training step as one ONNX graph: forward, backward, running statistics and, with an optimiser, the update.
 *
 * Inputs: `images` [count, height, width, 3], `labels` int32 [count / views], all variables; with an optimiser
 * `learningRate` [] and the velocities. Outputs: `loss` [] before the step, its summands as `part.NAME` [], `next.NAME` for
 * every velocity and every variable that changes; without an optimiser `gradient.NAME` for learnt variables instead.
 */
export function emitTrainingGraph(options: TrainingGraphOptions): Uint8Array<ArrayBuffer> {
  const { spec, layout, variables, optimizer } = options
  const graph = createGraph({ name: `${spec.name}-training-step`, ...(layout.domains && { domains: layout.domains }) })
  const tape = createTape(graph)
  declareVariables(graph, variables)
  const observed = new Map<string, string>()
  const inputs = emitLossInputs(tape, options, observed)
  const { loss, parts, updates } = options.loss(tape, inputs)
  const give = (name: string, value: string, shape: readonly number[]) =>
    graph.output(graph.node('Identity', [value], {}, { name }), 'float32', shape)
  give('loss', loss, [])
  for (const [name, value] of Object.entries(parts)) give(`part.${name}`, value, [])
  const gradients = tape.differentiate()
  const sgd = optimizer && { graph, layout, optimizer, learningRate: graph.input('learningRate', 'float32', []) }
  for (const variable of variables) {
    const { name, role, shape, parts: tensors } = variable
    if (role === 'learnt') {
      const gradient = assembleVariable(graph, variable, gradients)
      if (sgd) emitSgd(sgd, variable, gradient)
      else give(gradientName(name), gradient, shape)
    } else if (role === 'statistic') {
      give(nextName(name), follow(graph, name, assembleVariable(graph, variable, observed)), shape)
    } else if (changes(variable)) {
      const isUpdated = updates?.has(tensors[0]!.entry.name)
      give(nextName(name), isUpdated ? assembleVariable(graph, variable, updates!) : name, shape)
    }
  }
  return graph.encode()
}

/** The network in training mode, up to what a loss reads. */
function emitLossInputs(tape: Tape, options: TrainingGraphOptions, observed: Map<string, string>): LossInputs {
  const { spec, classes, layout, images, views, frozenStages = 0 } = options
  const { graph } = tape
  const { batchNormEpsilon } = spec
  const maps = layout.maps(tape, {
    batchNormEpsilon,
    mode: 'training',
    observe: (statistic, value) => observed.set(statistic, value),
  })
  const frozen = frozenStages > 0 && {
    stages: frozenStages,
    maps: layout.maps(tape, { batchNormEpsilon, mode: 'evaluation', observe: () => {} }),
    onEnd: (map: GraphMap) => tape.fix(map.name),
  }
  const labels = graph.input('labels', 'int32', [images.count / views])
  const map = emitNetwork(spec, maps, images, frozen || undefined)
  const { height, width, channels } = map
  const embedding = maps.globalAverage(map)
  return {
    count: images.count,
    views,
    classes: classes ?? 0,
    map: { name: maps.positions(map), height, width, channels },
    embedding,
    logits: classes === undefined ? '' : emitClassifier(tape, spec, embedding),
    labels,
  }
}

/** Moves running statistics towards what the batch showed. */
function follow(graph: Graph, running: string, observed: string): string {
  const scaled = (tensor: string, factor: number) => graph.node('Mul', [tensor, graph.scalar(factor)])
  return graph.node('Add', [scaled(running, statisticsKept), scaled(observed, 1 - statisticsKept)])
}
