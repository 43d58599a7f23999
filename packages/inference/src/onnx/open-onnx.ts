import { InvalidFileError, InvalidOptionError } from '@mode-ood/core'
import type { ModelProto } from '@mode-ood/onnx-graph'
import type { ImageSize } from '../model.ts'
import type { PreparedModel } from '../prepared-model.ts'
import { openSessionPool } from '../session-pool.ts'
import { findImageInput, type ImageInput } from './find-image-input.ts'
import { type FoundTensors, findTensors, type TensorChoice } from './find-tensors.ts'
import { indexGraph } from './graph-index.ts'
import {
  addMapOutput,
  addMatrixOutput,
  addOutput,
  addViewsOutput,
  type MapShape,
  replaceInput,
} from './instrument-model.ts'
import { readOnnxFile } from './read-onnx-file.ts'

export interface OnnxOptions extends TensorChoice {
  readonly onnx: string
  readonly classes?: number | undefined
  readonly inputSize?: ImageSize | undefined
}

/** Names that no exporter gives. */
const names = {
  input: 'mode-ood/images',
  logits: 'mode-ood/logits',
  embedding: 'mode-ood/embedding',
  featureMap: 'mode-ood/featureMap',
  views: 'mode-ood/views',
} as const

/** Reads an ONNX file, finds its tensors and adds to the graph what is to be computed and returned. */
export async function openOnnx(options: OnnxOptions): Promise<PreparedModel> {
  const { onnx: file } = options
  const model = await readOnnxFile(file)
  const image = findImageInput(model, file, options.inputSize)
  const found = findTensors(indexGraph(model), options, file)
  const shapes = await probeShapes(model, image, found, file)
  checkClasses(shapes.logits, options.classes, file)
  const map = found.maps.length === 0 ? undefined : settleMap(found, shapes, file)

  const graph = replaceInput(model, image, names.input)
  if (found.logits !== undefined) addMatrixOutput(graph, { tensor: found.logits, name: names.logits })
  addMatrixOutput(graph, { tensor: found.embedding, name: names.embedding })
  if (map) {
    addMapOutput(graph, { tensor: map.tensor, name: names.featureMap }, map)
    addViewsOutput(graph, { tensor: map.tensor, name: names.views }, map)
  }
  return {
    name: file,
    bytes: graph.encode(),
    input: names.input,
    tensors: {
      ...(found.logits !== undefined && { logits: names.logits }),
      embedding: names.embedding,
      ...(map && { featureMap: names.featureMap, views: names.views }),
    },
    inputSize: image.size,
    head: found.head,
    ...(image.fixedBatch !== undefined && { fixedBatch: image.fixedBatch }),
  }
}

interface Shapes {
  readonly logits: readonly number[] | undefined
  readonly embedding: readonly number[]
  readonly maps: readonly (readonly number[])[]
}

/** Shapes of the found tensors, learnt by running a black image through the model. */
async function probeShapes(model: ModelProto, image: ImageInput, found: FoundTensors, file: string): Promise<Shapes> {
  const copy: ModelProto = { ...model, graph: { ...model.graph!, node: [...model.graph!.node] } }
  const graph = replaceInput(copy, image, names.input)
  const tensors = [
    ...(found.logits === undefined ? [] : [found.logits]),
    found.embedding,
    ...found.maps.map((map) => map.featureMap),
  ]
  const outputs = tensors.map((tensor, i) => ({ tensor, name: `mode-ood/probe_${i}` }))
  for (const output of outputs) addOutput(graph, output)
  const { height, width } = image.size
  const count = image.fixedBatch ?? 1
  const pool = await openSessionPool({ model: graph.encode(), input: names.input, threads: 1, name: file })
  try {
    const results = await pool.run({
      makeData: () => new Float32Array(count * height * width * 3),
      shape: [count, height, width, 3],
      outputs: outputs.map(({ name }) => name),
    })
    const shapes = outputs.map(({ name }) => results[name]!.shape)
    const logits = found.logits === undefined ? undefined : shapes.shift()
    return { logits, embedding: shapes[0]!, maps: shapes.slice(1) }
  } finally {
    await pool.close()
  }
}

function checkClasses(logits: readonly number[] | undefined, classes: number | undefined, file: string): void {
  const found = logits?.slice(1).reduce((product, extent) => product * extent, 1)
  if (found === undefined || classes === undefined || found === classes) return
  throw new InvalidFileError(file, `gives ${found} logits, but the model is to have ${classes} classes`)
}

/** The first candidate that is a map with four axes, pooled as a whole; with its size and layout. */
function settleMap(found: FoundTensors, shapes: Shapes, file: string): MapShape & { readonly tensor: string } {
  const dimension = shapes.embedding.slice(1).reduce((product, extent) => product * extent, 1)
  for (const [i, { featureMap: tensor, layout: known, window }] of found.maps.entries()) {
    const shape = shapes.maps[i]!
    if (shape.length !== 4) continue
    const [, first = 0, second = 0, third = 0] = shape
    const layout = known ?? (first !== dimension && third === dimension ? 'NHWC' : 'NCHW')
    const size =
      layout === 'NHWC'
        ? { height: first, width: second, channels: third }
        : { channels: first, height: second, width: third }
    if (window && (window[0] !== size.height || window[1] !== size.width)) continue
    return { tensor, layout, ...size }
  }
  const tried = found.maps.map(({ featureMap }, i) => `"${featureMap}" is [${shapes.maps[i]!.join(', ')}]`)
  throw new InvalidOptionError(
    `${file}: the feature map must have four axes and be pooled as a whole, but ${tried.join(', ')}: name the option featureMap, or decline with featureMap: false`,
  )
}
