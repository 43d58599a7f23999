import { createRandom } from '@mode-ood/core'
import { relativeError, tolerance } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import type { MapOptions } from '../graph-layout.ts'
import { probeBlockSize } from './block-size.ts'
import { convolve } from './convolve.ts'
import { globalAverage } from './global-average.ts'
import { maxPool } from './max-pool.ts'
import { normalize } from './normalize.ts'
import { padShortcut } from './pad-shortcut.ts'
import { positions } from './positions.ts'
import { convolutionOf, maximaOf, normalizationOf, paddedShortcutOf } from './reference-layers.test.fixture.ts'
import {
  interpretedMachine,
  type LayerCase,
  type LayerValues,
  type Machine,
  type MapShape,
  randomValues,
  runLayer,
  runtimeMachine,
} from './run-layer.test.fixture.ts'

/** This machine's kernels, and graphs for machines with other blocks. */
const block = (await probeBlockSize())!
const machines = [runtimeMachine(block), interpretedMachine(block === 8 ? 16 : 8)]

/** Channels that are no multiple of a block: one block and a bit, two and a bit. */
const inputs = 10
const outputs = 18

const plan = (kernel: number, stride: number, name = 'conv', channels = inputs) => {
  return { convolution: name, batchNorm: '', inputs: channels, outputs, kernel, stride }
}
const filter = (kernel: number, channels = inputs) => [outputs, channels, kernel, kernel]

function convolution(x: MapShape, kernel: number, stride: number): LayerCase {
  return {
    name: `convolution ${kernel}x${kernel} of stride ${stride}`,
    maps: { x },
    tensors: { 'conv.weight': filter(kernel) },
    write: (blocked, maps) => [convolve(blocked, maps['x']!, plan(kernel, stride), false)],
    reference: ({ maps, tensors }) => [convolutionOf(maps['x']!, tensors['conv.weight']!, { kernel, stride }).data],
  }
}

function firstConvolution([count, , height, width]: MapShape, kernel: number, stride: number): LayerCase {
  return {
    name: `first convolution ${kernel}x${kernel} of stride ${stride}`,
    maps: { images: [count, 3, height, width] },
    tensors: { 'conv.weight': filter(kernel, 3) },
    write: (blocked, { images }) => [convolve(blocked, images!, plan(kernel, stride, 'conv', 3), true)],
    reference: ({ maps, tensors }) => [
      convolutionOf(maps['images']!, tensors['conv.weight']!, { kernel, stride }).data,
    ],
  }
}

const mapOptions: MapOptions = { batchNormEpsilon: 1e-3, mode: 'training', observe: () => {} }

function normalization(x: MapShape, relu: boolean, withShortcut: boolean): LayerCase {
  return {
    name: `normalisation${withShortcut ? ' with shortcut' : ''}${relu ? ' and ReLU' : ''}`,
    maps: withShortcut ? { x, shortcut: x } : { x },
    tensors: { 'bn.weight': [x[1]], 'bn.bias': [x[1]] },
    write: (blocked, maps) => [
      normalize(blocked, maps['x']!, 'bn', mapOptions, {
        relu,
        ...(withShortcut && { shortcut: maps['shortcut']! }),
      }),
    ],
    reference({ maps, tensors }) {
      const [weight, bias] = [tensors['bn.weight']!, tensors['bn.bias']!]
      const options = { weight, bias, epsilon: mapOptions.batchNormEpsilon, relu, shortcut: maps['shortcut'] }
      return [normalizationOf(maps['x']!, options).data]
    },
  }
}

function pooling(x: MapShape): LayerCase {
  return {
    name: 'max-pooling',
    maps: { x },
    tensors: {},
    write: (blocked, maps) => [maxPool(blocked, maps['x']!)],
    reference: ({ maps }) => [maximaOf(maps['x']!).data],
  }
}

function padding(x: MapShape, stride: number): LayerCase {
  return {
    name: `shortcut of option A and stride ${stride}`,
    maps: { x },
    tensors: {},
    write: (blocked, maps) => [padShortcut(blocked, maps['x']!, { inputs, outputs, stride })],
    reference: ({ maps }) => [paddedShortcutOf(maps['x']!, outputs, stride).data],
  }
}

function plainResults(x: MapShape): LayerCase {
  const [count, channels, height, width] = x
  const pixels = height * width
  return {
    name: 'average and positions',
    maps: { x },
    tensors: {},
    write: (blocked, maps) => [globalAverage(blocked, maps['x']!), positions(blocked, maps['x']!)],
    reference({ maps: { x: map } }) {
      const rows = Float64Array.from({ length: count * pixels * channels }, (_, i) => {
        const [channel, row] = [i % channels, Math.floor(i / channels)]
        return map!.data[(Math.floor(row / pixels) * channels + channel) * pixels + (row % pixels)]!
      })
      const means = Float64Array.from({ length: count * channels }, (_, i) =>
        map!.data.subarray(i * pixels, (i + 1) * pixels).reduce((sum, value) => sum + value / pixels, 0),
      )
      return [means, rows]
    },
  }
}

/** Two layers that read one map, in either order: how their gradients come together depends on both. */
function branches(one: LayerCase, other: LayerCase): LayerCase {
  return {
    name: `${one.name} beside ${other.name}`,
    maps: one.maps,
    tensors: { ...one.tensors, ...other.tensors },
    write: (blocked, maps) => [...one.write(blocked, maps), ...other.write(blocked, maps)],
    reference: (values) => [...one.reference(values), ...other.reference(values)],
  }
}

/** A convolution under another name. */
function side(x: MapShape, kernel: number, stride: number): LayerCase {
  return {
    ...convolution(x, kernel, stride),
    tensors: { 'side.weight': filter(kernel) },
    write: (blocked, maps) => [convolve(blocked, maps['x']!, plan(kernel, stride, 'side'), false)],
    reference: ({ maps, tensors }) => [convolutionOf(maps['x']!, tensors['side.weight']!, { kernel, stride }).data],
  }
}

function casesOf({ block: size }: Machine): LayerCase[] {
  const count = size + 1
  const x: MapShape = [count, inputs, 4, 6]
  const layers = [
    ...[1, 3].flatMap((kernel) => [1, 2].map((stride) => convolution(x, kernel, stride))),
    firstConvolution(x, 3, 1),
    firstConvolution(x, 3, 2),
    firstConvolution(x, 7, 2),
    normalization(x, true, false),
    normalization(x, false, false),
    normalization(x, true, true),
    pooling(x),
    padding(x, 1),
    padding(x, 2),
    plainResults(x),
  ]
  if (size !== block) return layers
  // the same whatever the block
  const pairs = [
    [convolution(x, 3, 2), side(x, 1, 2)],
    [convolution(x, 3, 2), side(x, 1, 1)],
    [convolution(x, 1, 1), side(x, 1, 2)],
    [convolution(x, 3, 2), padding(x, 2)],
    [side(x, 1, 2), padding(x, 2)],
    [convolution(x, 3, 1), padding(x, 1)],
  ] as const
  return [...layers, ...pairs.flatMap(([one, other]) => [branches(one, other), branches(other, one)])]
}

/** Of float64 functions: rounding gives 1e-10, the third derivative less. */
const step = 1e-5
const sampled = 6

/** Derivatives of Σ upstream · output by central differences, at some places of each map and tensor. */
function differences(layer: LayerCase, values: LayerValues, upstream: readonly Float64Array[]) {
  const random = createRandom(5)
  const total = () =>
    layer
      .reference(values)
      .reduce((sum, output, k) => output.reduce((part, value, i) => part + value * upstream[k]![i]!, sum), 0)
  const all = [
    ...Object.entries(values.maps).flatMap(([name, { data }]) => (name === 'images' ? [] : [[name, data] as const])),
    ...Object.entries(values.tensors),
  ]
  return all.map(([name, data]) => {
    const places = Array.from({ length: sampled }, () => Math.floor(random.uniform() * data.length))
    const slopes = places.map((place) => {
      const value = data[place]!
      data[place] = value + step
      const above = total()
      data[place] = value - step
      const below = total()
      data[place] = value
      return (above - below) / (2 * step)
    })
    return { name, places, slopes }
  })
}

describe.each(machines)('$name', (machine) => {
  test.each(casesOf(machine))('$name', async (layer) => {
    const values = randomValues(layer, 3)
    const expected = layer.reference(values)
    const random = createRandom(4)
    const upstream = expected.map((output) => output.map(() => Math.fround(random.normal())))
    const run = await runLayer(machine, layer, values, upstream)
    for (const [i, output] of expected.entries()) {
      expect(relativeError(run.outputs[i]!, output), `output ${i}`).toBeLessThan(tolerance.float32)
    }
    expect(run.isRestZero).toBe(true)
    for (const { name, places, slopes } of differences(layer, values, upstream)) {
      const gradient = run.gradients.get(name)!
      const scale = Math.max(...gradient.map(Math.abs))
      const found = places.map((place) => gradient[place]!)
      for (const [i, slope] of slopes.entries()) {
        expect(Math.abs(found[i]! - slope) / scale, `gradient of ${name} at ${places[i]}`).toBeLessThan(
          tolerance.float32,
        )
      }
    }
  })
})
