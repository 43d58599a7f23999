import type { BackboneSpec } from '@mode-ood/backbones'
import { createGraph } from '@mode-ood/onnx-graph'
import { declareVariables } from './declare-variables.ts'
import { emitClassifier } from './emit-linear.ts'
import { emitNetwork, type ImageShape } from './emit-network.ts'
import type { GraphLayout } from './graph-layout.ts'
import type { StateVariable } from './state-variable.ts'
import { createTape } from './tape.ts'

export interface EvaluationGraphOptions {
  readonly spec: BackboneSpec
  readonly classes: number | undefined
  readonly layout: GraphLayout
  readonly variables: readonly StateVariable[]
  readonly images: ImageShape
}

/**
 * The network in evaluation mode, with running statistics. Inputs: `images` and all variables. Outputs: `featureMap`
 * [count, height · width, channels], `embedding` [count, channels] and, with a classifier, `logits` [count, classes].
 */
export function emitEvaluationGraph(options: EvaluationGraphOptions): Uint8Array<ArrayBuffer> {
  const { spec, classes, layout, variables, images } = options
  const graph = createGraph({ name: `${spec.name}-evaluation`, ...(layout.domains && { domains: layout.domains }) })
  const tape = createTape(graph)
  declareVariables(graph, variables)
  const { batchNormEpsilon } = spec
  const maps = layout.maps(tape, { batchNormEpsilon, mode: 'evaluation', observe: () => {} })
  const map = emitNetwork(spec, maps, images)
  const { count } = images
  const give = (name: string, value: string, shape: readonly number[]) =>
    graph.output(graph.node('Identity', [value], {}, { name }), 'float32', shape)
  const embedding = maps.globalAverage(map)
  give('featureMap', maps.positions(map), [count, map.height * map.width, map.channels])
  give('embedding', embedding, [count, map.channels])
  if (classes !== undefined) give('logits', emitClassifier(tape, spec, embedding), [count, classes])
  return graph.encode()
}
