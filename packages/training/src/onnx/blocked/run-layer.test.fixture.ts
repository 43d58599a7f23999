import { createRandom } from '@mode-ood/core'
import { createGraph, type Graph } from '@mode-ood/onnx-graph'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { sessionOptions } from '../engine/session-options.ts'
import type { GraphMap } from '../map-layout.ts'
import { sizeOf, type TensorForm } from '../state-variable.ts'
import { createTape } from '../tape.ts'
import { blockedDomain, type BlockedGraph, createBlockedGraph } from './blocked-graph.ts'
import { recordMap } from './even-gradient.ts'
import { filterForm, vectorForm } from './filter-form.ts'
import { interpretGraph, type Values } from './interpret-graph.test.fixture.ts'
import { declareImages } from './images.ts'
import { graphShape, mapExtents } from './map-extents.ts'
import type { ReferenceMap } from './reference-layers.test.fixture.ts'

export type MapShape = ReferenceMap['shape']

/** Values of maps [count, channels, height, width] and of tensors as in the state dict, by name. */
export interface LayerValues {
  readonly maps: Readonly<Record<string, ReferenceMap>>
  readonly tensors: Readonly<Record<string, Float64Array>>
}

/**
 * Layers on given maps: how they are written, and what they are. Outputs are maps or plain tensors. A map called `images` is
 * the network's input, which has no gradient.
 */
export interface LayerCase {
  readonly name: string
  readonly maps: Readonly<Record<string, MapShape>>
  readonly tensors: Readonly<Record<string, readonly number[]>>
  write(blocked: BlockedGraph, maps: Readonly<Record<string, GraphMap>>): (GraphMap | string)[]
  reference(values: LayerValues): Float64Array[]
}

/** Computes graphs whose blocks are of a size. */
export interface Machine {
  readonly name: string
  readonly block: number
  run(graph: Graph, feeds: ReadonlyMap<string, Values>): Promise<ReadonlyMap<string, Float64Array>>
}

export function runtimeMachine(block: number): Machine {
  return {
    name: 'onnxruntime',
    block,
    async run(graph, feeds) {
      const session = await InferenceSession.create(graph.encode(), sessionOptions(true))
      const tensors = [...feeds].map(([name, { shape, data }]) => [
        name,
        new Tensor('float32', Float32Array.from(data), shape),
      ])
      const outputs = await session.run(Object.fromEntries(tensors))
      await session.release()
      return new Map(Object.entries(outputs).map(([name, { data }]) => [name, Float64Array.from(data as Float32Array)]))
    },
  }
}

export function interpretedMachine(block: number): Machine {
  return {
    name: `the interpreter with blocks of ${block}`,
    block,
    run: async (graph, feeds) =>
      new Map([...interpretGraph(graph, block, feeds)].map(([name, { data }]) => [name, data])),
  }
}

export interface LayerRun {
  /** As the reference gives them. */
  readonly outputs: Float64Array[]
  /** Of all maps and tensors, by name, in the shapes of `LayerValues`. */
  readonly gradients: ReadonlyMap<string, Float64Array>
  /** Whether all of the outputs but images and channels that count is zero. */
  readonly isRestZero: boolean
}

/** What fills up the gradient of an output: it must not matter. */
const nonsense = 7

/** Runs layers forwards, and backwards from the gradients `upstream` of their outputs. */
export async function runLayer(
  machine: Machine,
  layer: LayerCase,
  { maps, tensors }: LayerValues,
  upstream: readonly Float64Array[],
): Promise<LayerRun> {
  const { block } = machine
  const graph = createGraph({ domains: { [blockedDomain]: 1 } })
  const tape = createTape(graph)
  const blocked = createBlockedGraph(tape, block)
  const feeds = new Map<string, Values>()
  const feed = (name: string, shape: readonly number[], data: Float64Array) => {
    feeds.set(name, { shape, data })
    return graph.input(name, 'float32', shape)
  }
  const give = (tensor: string, name: string) => graph.output(graph.node('Identity', [tensor], {}, { name }), 'float32')
  const ofMaps = new Map<string, string>()
  const inputs = Object.entries(maps).map(([name, { shape, data }]) => {
    if (name === 'images') {
      const [images, , height, width] = shape
      feeds.set(name, { shape: [images, height, width, 3], data: channelsLast({ shape, data }) })
      return [name, declareImages(blocked, images, height, width)] as const
    }
    const map = graphMap(name, shape)
    feed(name, graphShape(mapExtents(map, block), block), packMap({ shape, data }, block, 0))
    recordMap(blocked, map, (gradient) => ofMaps.set(name, gradient))
    return [name, map] as const
  })
  for (const [name, values] of Object.entries(tensors)) {
    const form = formOf(layer.tensors[name]!, block)
    feed(name, form.shape, packTensor(form, values))
  }
  const outputs = layer.write(blocked, Object.fromEntries(inputs))
  for (const [i, output] of outputs.entries()) {
    const name = `upstream${i}`
    const isMap = typeof output === 'object'
    const data = isMap ? packMap({ shape: shapeOf(output), data: upstream[i]! }, block, nonsense) : upstream[i]!
    const shape = isMap ? graphShape(mapExtents(output, block), block) : plainShape(layer, data.length)
    tape.addGradient(isMap ? output.name : output, feed(name, shape, data))
    give(isMap ? output.name : output, `output${i}`)
  }
  const found = tape.differentiate()
  for (const [name, gradient] of ofMaps) give(gradient, `gradient.${name}`)
  for (const name of Object.keys(tensors)) give(found.get(name)!, `gradient.${name}`)
  const results = await machine.run(graph, feeds)
  const gradients = [
    ...[...ofMaps.keys()].map(
      (name) => [name, unpackMap(results.get(`gradient.${name}`)!, maps[name]!.shape, block).values] as const,
    ),
    ...Object.keys(tensors).map((name) => {
      const form = formOf(layer.tensors[name]!, block)
      return [name, unpackTensor(form, results.get(`gradient.${name}`)!, layer.tensors[name]!)] as const
    }),
  ]
  const unpacked = outputs.map((output, i) => {
    const values = results.get(`output${i}`)!
    return typeof output === 'object' ? unpackMap(values, shapeOf(output), block) : { values, isRestZero: true }
  })
  return {
    outputs: unpacked.map(({ values }) => values),
    gradients: new Map(gradients),
    isRestZero: unpacked.every(({ isRestZero }) => isRestZero),
  }
}

/** Random values of maps and tensors. */
export function randomValues({ maps, tensors }: LayerCase, seed: number): LayerValues {
  const random = createRandom(seed)
  const draw = (shape: readonly number[]) =>
    Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(random.normal()))
  return {
    maps: Object.fromEntries(Object.entries(maps).map(([name, shape]) => [name, { shape, data: draw(shape) }])),
    tensors: Object.fromEntries(Object.entries(tensors).map(([name, shape]) => [name, draw(shape)])),
  }
}

function channelsLast({ shape: [, channels, height, width], data }: ReferenceMap): Float64Array {
  const pixels = height * width
  return data.map((_, i) => {
    const [channel, pixel] = [i % channels, Math.floor(i / channels) % pixels]
    const image = Math.floor(i / (channels * pixels))
    return data[(image * channels + channel) * pixels + pixel]!
  })
}

function graphMap(name: string, [count, channels, height, width]: MapShape): GraphMap {
  return { name, count, channels, height, width }
}

function shapeOf({ count, channels, height, width }: GraphMap): MapShape {
  return [count, channels, height, width]
}

/** Plain outputs are [count, channels] or [count, positions, channels] of the layer's only map. */
function plainShape({ maps }: LayerCase, size: number): number[] {
  const [count, channels, height, width] = Object.values(maps)[0]!
  return size === count * channels ? [count, channels] : [count, height * width, channels]
}

function formOf(shape: readonly number[], block: number): TensorForm {
  if (shape.length === 4) return filterForm({ shape }, shape[1] === 3, block)
  const copy = (values: Float32Array, target: Float32Array) => target.set(values)
  return vectorForm({ shape }, block) ?? { shape, toGraph: copy, fromGraph: copy }
}

function packTensor(form: TensorForm, values: Float64Array): Float64Array {
  const target = new Float32Array(sizeOf(form.shape))
  form.toGraph(Float32Array.from(values), target)
  return Float64Array.from(target)
}

function unpackTensor(form: TensorForm, values: Float64Array, shape: readonly number[]): Float64Array {
  const target = new Float32Array(sizeOf(shape))
  form.fromGraph(Float32Array.from(values), target)
  return Float64Array.from(target)
}

/** Where a number of a map lies, by the definition of `MapExtents`. */
function placeOf([count, channels, height, width]: MapShape, block: number): (i: number) => number {
  const { blocks, cell } = mapExtents({ name: '', count, channels, height, width }, block)
  return (i) => {
    const x = i % width
    const y = Math.floor(i / width) % height
    const channel = Math.floor(i / (width * height)) % channels
    const image = Math.floor(i / (width * height * channels))
    const start = ((Math.floor(image / block) * blocks + Math.floor(channel / block)) * height + y) * width + x
    return start * cell + (image % block) * block + (channel % block)
  }
}

function packMap({ shape, data }: ReferenceMap, block: number, fillingImages: number): Float64Array {
  const [count, channels, height, width] = shape
  const { groups } = mapExtents({ name: '', count, channels, height, width }, block)
  const full: MapShape = [groups * block, channels, height, width]
  const place = placeOf(full, block)
  const packed = new Float64Array(sizeOf(graphShape(mapExtents(graphMap('', full), block), block)))
  for (let i = 0; i < sizeOf(full); i++) packed[place(i)] = data[i] ?? fillingImages
  return packed
}

function unpackMap(packed: Float64Array, shape: MapShape, block: number) {
  const place = placeOf(shape, block)
  const rest = packed.slice()
  const values = new Float64Array(sizeOf(shape))
  for (let i = 0; i < values.length; i++) {
    values[i] = packed[place(i)]!
    rest[place(i)] = 0
  }
  return { values, isRestZero: rest.every((value) => value === 0) }
}
