import { appendViews } from '@mode-ood/backbones'
import { editGraph, type Graph, graphOf, type ModelProto } from '@mode-ood/onnx-graph'
import type { ImageInput } from './find-image-input.ts'

/** A tensor of the model that shall leave it under a name. */
export interface WantedOutput {
  readonly tensor: string
  readonly name: string
}

export interface MapShape {
  readonly layout: 'NCHW' | 'NHWC'
  readonly height: number
  readonly width: number
  readonly channels: number
}

const floatCode = 1
const halfCode = 10

/**
 * Opens a model for new outputs: its input becomes `input`, float32 [n, height, width, 3], converted to what the model
 * takes; its own outputs are dropped, so that onnxruntime leaves out what nothing needs. The message is changed in place.
 */
export function replaceInput(model: ModelProto, image: ImageInput, input: string): Graph {
  const proto = graphOf(model)
  proto.input = proto.input.filter(({ name }) => name !== image.name)
  proto.output = []
  const before = proto.node.length
  const graph = editGraph(model)
  let name = graph.input(input, 'float32', [image.fixedBatch ?? 'n', image.size.height, image.size.width, 3])
  if (image.type === 'float16') name = graph.node('Cast', [name], { to: halfCode })
  const perm = image.layout === 'NCHW' ? [0, 3, 1, 2] : [0, 1, 2, 3]
  graph.node('Transpose', [name], { perm }, { name: image.name })
  proto.node = [...proto.node.slice(before), ...proto.node.slice(0, before)]
  return graph
}

/** A tensor as a float32 output. */
export function addOutput(graph: Graph, { tensor, name }: WantedOutput): void {
  graph.output(graph.node('Cast', [tensor], { to: floatCode }, { name }), 'float32')
}

/** A tensor as a float32 output with two axes, [n, everything else]. */
export function addMatrixOutput(graph: Graph, { tensor, name }: WantedOutput): void {
  addOutput(graph, { tensor: graph.node('Reshape', [tensor, graph.integers([0, -1])]), name })
}

/** A feature map as channels-last output. */
export function addMapOutput(graph: Graph, { tensor, name }: WantedOutput, map: MapShape): void {
  const channelsLast = map.layout === 'NHWC' ? tensor : graph.node('Transpose', [tensor], { perm: [0, 2, 3, 1] })
  addOutput(graph, { tensor: channelsLast, name })
}

/** The six views of a feature map as output. */
export function addViewsOutput(graph: Graph, { tensor, name }: WantedOutput, map: MapShape): void {
  const floats = graph.node('Cast', [tensor], { to: floatCode })
  graph.output(graph.node('Identity', [appendViews(graph, { ...map, name: floats })], {}, { name }), 'float32')
}
