import { type Architecture, backboneSpec, type BackboneSpec } from '@mode-ood/backbones'
import type { TensorFlow } from './tfjs/tensorflow.ts'
import { createRandom } from '@mode-ood/core'
import { Tensor } from 'onnxruntime-node'
import { initialState } from './initial-state.ts'
import { emitTrainingGraph } from './onnx/emit-training-graph.ts'
import type { GraphLayout } from './onnx/graph-layout.ts'
import { crossEntropyEmitter } from './onnx/losses/cross-entropy.ts'
import { runGraph } from './onnx/run-graph.test.fixture.ts'
import { computeGradients } from './tfjs/compute-gradients.ts'
import { filterToChannelsFirst } from './tfjs/filter-layout.ts'
import { smoothedCrossEntropy } from './tfjs/smoothed-cross-entropy.test.fixture.ts'
import { createVariables, writeState } from './tfjs/variables.ts'
import { type TrainingEntry, trainingEntries } from './training-entries.ts'
import type { TrainingBatch } from './trainer.ts'

const classes = 5
const labelSmoothing = 0.1

/** A network at its first step. */
export interface FirstStep {
  readonly spec: BackboneSpec
  readonly entries: readonly TrainingEntry[]
  readonly state: ReadonlyMap<string, Float32Array>
  readonly batch: TrainingBatch
}

/** What an engine makes of it; tensors by their names in the state dict. */
export interface StepFound {
  readonly loss: number
  readonly gradients: ReadonlyMap<string, Float32Array>
}

/** An architecture with all its blocks, but four channels at the stem and small images. */
export function thinned(name: Architecture): BackboneSpec {
  const spec = backboneSpec(name)
  const divisor = spec.stem.channels / 4
  return {
    ...spec,
    stem: { ...spec.stem, channels: 4 },
    stages: spec.stages.map((stage) => ({ ...stage, width: stage.width / divisor })),
    inputSize: spec.stem.maxPool ? 64 : 16,
  }
}

/**
 * A network whose blocks add little to what passes by: in a new one of 50 layers every block doubles the rounding of those
 * before, until it decides which ReLUs are on.
 */
export function firstStep(spec: BackboneSpec, seed: number): FirstStep {
  const [count, size] = [9, spec.inputSize]
  const entries = trainingEntries(spec, { classes })
  const last = spec.block === 'basic' ? '.bn2.weight' : '.bn3.weight'
  const state = new Map(
    [...initialState(entries, seed)].map(([name, { data }]) => {
      const values = data as Float32Array
      return [name, name.endsWith(last) ? values.fill(0.2) : values]
    }),
  )
  const data = createRandom(seed).fillNormal(new Float32Array(count * size * size * 3))
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes)
  return { spec, entries, state, batch: { images: { count, height: size, width: size, data }, labels } }
}

export async function inOnnx(
  { spec, entries, state, batch }: FirstStep,
  layout: GraphLayout,
): Promise<StepFound & { readonly statistics: ReadonlyMap<string, Float32Array> }> {
  const { images, labels } = batch
  const variables = layout.variables(entries)
  const graph = emitTrainingGraph({
    spec,
    classes,
    layout,
    variables,
    loss: crossEntropyEmitter({ labelSmoothing }),
    views: 1,
    images,
  })
  const feeds = {
    images: new Tensor('float32', images.data, [images.count, images.height, images.width, 3]),
    labels: new Tensor('int32', labels, [labels.length]),
  }
  const run = await runGraph(graph, variables, { feeds, state })
  return { loss: run.output('loss')[0]!, gradients: run.tensors('gradient'), statistics: run.tensors('next') }
}

export function inTensorFlow({ spec, entries, state, batch }: FirstStep, tf: TensorFlow): StepFound {
  const variables = createVariables(tf, entries, { momentum: 0 })
  writeState(tf, variables, state as Map<string, Float32Array>)
  const loss = { compute: smoothedCrossEntropy(tf, labelSmoothing) }
  const computed = computeGradients({ tf, spec, variables, loss }, batch)
  const gradients = entries.flatMap(({ name, part, shape }): [string, Float32Array][] => {
    const values = computed.gradients[name]?.dataSync() as Float32Array | undefined
    if (!values) return []
    return [[name, part === 'filter' ? filterToChannelsFirst(values, shape) : values.slice()]]
  })
  const found = { loss: computed.loss.dataSync()[0]!, gradients: new Map(gradients) }
  tf.dispose([...variables.values()].map(({ value }) => value))
  tf.dispose(computed as never)
  return found
}
