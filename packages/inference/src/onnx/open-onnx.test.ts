import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { backboneSpec, emitInference, loadStateDict, stateDictEntries } from '@mode-ood/backbones'
import { createRandom, type Images, type Tensor } from '@mode-ood/core'
import { createGraph, decodeModel, encodeModel, graphOf } from '@mode-ood/onnx-graph'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import { relativeError, temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { openModel, type OnnxModelOptions } from '../index.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/onnx/${name}`, import.meta.url))
const { tensors } = readSafetensors(readFileSync(fixture('expected.safetensors')))

function expected(model: string, name: string) {
  const { shape, data } = tensors.get(`${model}.${name}`)!
  return { shape, data: data as Float32Array }
}

function imagesOf(model: string): Images {
  const { shape, data } = expected(model, 'images')
  const [count, height, width] = shape as [number, number, number]
  return { count, height, width, data }
}

async function outputsOf(model: string, options: Partial<OnnxModelOptions> = {}) {
  const opened = await openModel({ onnx: fixture(`${model}.onnx`), threads: 1, chunkSize: 2, ...options })
  const outputs = await opened.run(imagesOf(model))
  await opened.close()
  return { ...outputs, model: opened }
}

type Opened = ReturnType<typeof outputsOf>
const opened = new Map<string, Opened>()

/** The outputs under default options, computed once. */
function defaultOutputs(model: string): Opened {
  const outputs = opened.get(model) ?? outputsOf(model, sizes[model])
  opened.set(model, outputs)
  return outputs
}

const sizes: Record<string, Partial<OnnxModelOptions>> = { channels_last: { inputSize: 16 } }

describe.each([
  ['gemm', 'dynamic batch, GlobalAveragePool, Flatten, Gemm'],
  ['softmax', 'softmax after the linear layer'],
  ['fixed_batch', 'a batch of exactly two, ReduceMean with axes as input, a map of 7 x 5'],
  ['average_pool', 'AveragePool that covers the map, opset 11'],
  ['no_bias', 'MatMul without bias'],
  ['external', 'weights in a file beside it'],
  ['channels_last', 'images, map and pooling with channels last, MatMul and Add, open size'],
  ['one_row', 'a map of 1 x 2'],
])('%s (%s)', (model) => {
  test('gives what PyTorch gives', async () => {
    const outputs = await defaultOutputs(model)
    for (const name of ['logits', 'embedding', 'featureMap', 'views'] as const) {
      expect(relativeError(outputs[name].data, expected(model, name).data), name).toBeLessThan(1e-5)
    }
    const { count, height, width, channels } = outputs.featureMap
    expect([count, height, width, channels]).toEqual(expected(model, 'featureMap').shape)
    expect([outputs.views.count, outputs.views.views, outputs.views.dimension]).toEqual([5, 6, 6])
  })

  test('its head turns the embedding into the logits', async () => {
    const { model: ready, embedding, logits } = await defaultOutputs(model)
    const { weight, bias } = ready.head!
    const product = Float32Array.from({ length: logits.data.length }, (_, i) => {
      const row = Math.floor(i / logits.columns)
      const label = i % logits.columns
      let sum = bias[label]!
      for (let k = 0; k < weight.columns; k++) {
        sum += weight.data[label * weight.columns + k]! * embedding.data[row * weight.columns + k]!
      }
      return sum
    })
    expect(relativeError(product, logits.data)).toBeLessThan(1e-5)
  })
})

describe('ONNX files', () => {
  test('in half precision', async () => {
    const { logits, views, model } = await outputsOf('half')
    expect(relativeError(logits.data, expected('half', 'logits').data)).toBeLessThan(5e-3)
    expect(relativeError(views.data, expected('half', 'views').data)).toBeLessThan(5e-3)
    expect(model.head!.weight).toMatchObject({ rows: 5, columns: 6 })
  })

  test('without classifier give everything but logits', async () => {
    const { model, ...outputs } = await outputsOf('encoder', { logits: false })
    expect(Object.keys(outputs)).toEqual(['embedding', 'featureMap', 'views'])
    expect(model).toMatchObject({ classes: 0, dimension: 6, head: undefined })
    expect(relativeError(outputs.embedding.data, expected('encoder', 'embedding').data)).toBeLessThan(1e-5)
  })

  test('take the tensors a user names', async () => {
    const featureMap = '/body/body.4/Relu_output_0'
    const { views, embedding, model } = await outputsOf('gemm', {
      logits: 'y',
      featureMap,
      embedding: '/pool/pool.0/GlobalAveragePool_output_0',
    })
    expect(relativeError(views.data, expected('gemm', 'views').data)).toBeLessThan(1e-5)
    expect(relativeError(embedding.data, expected('gemm', 'embedding').data)).toBeLessThan(1e-5)
    expect(model.head).toBeDefined()
    const declined = await outputsOf('gemm', { featureMap: false })
    expect(declined.model.outputs).toEqual(['logits', 'embedding'])
  })

  test('whose named embedding does not enter the classifier have no head', async () => {
    const { model } = await outputsOf('gemm', {
      embedding: '/body/body.2/Relu_output_0',
      featureMap: '/body/body.4/Relu_output_0',
    })
    expect(model).toMatchObject({ head: undefined, dimension: 256 })
  })
})

test('a graph of our own, opened as a file, gives what the architecture gives', async () => {
  const spec = backboneSpec('cifar-resnet20')
  const random = createRandom(17)
  const state = stateDictEntries(spec, { classes: 10 }).map(({ name, shape }): [string, Tensor] => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    const data = Float32Array.from(
      { length: size },
      () => 0.1 + 0.9 * random.uniform() ** 2 * (shape.length > 1 ? 0.1 : 1),
    )
    return [name, { dtype: 'F32', shape, data }]
  })
  const directory = temporaryDirectory()
  const checkpoint = join(directory, 'weights.safetensors')
  writeFileSync(checkpoint, writeSafetensors(new Map(state)))
  const onnx = join(directory, 'network.onnx')
  writeFileSync(onnx, emitInference(spec, loadStateDict(spec, new Map(state))))
  const images = { count: 3, height: 32, width: 32, data: Float32Array.from({ length: 9216 }, () => random.normal()) }
  const ours = await openModel({ architecture: 'cifar-resnet20', checkpoint, threads: 1 })
  const file = await openModel({ onnx, threads: 1 })
  expect(await file.run(images)).toEqual(await ours.run(images))
  expect(file.head).toEqual(ours.head)
  await Promise.all([ours.close(), file.close()])
})

const errors: [string, string, Partial<OnnxModelOptions>, RegExp][] = [
  [
    'a name that is not there',
    'gemm',
    { logits: 'Y' },
    /gemm.onnx has no tensor "Y" \(option logits\): the nearest names are "y"/,
  ],
  [
    'a map that is not there',
    'gemm',
    { featureMap: '/body/Relu' },
    /option featureMap\).*"\/body\/body.2\/Relu_output_0"/,
  ],
  [
    'probabilities for logits',
    'softmax',
    { logits: 'y' },
    /"y" holds probabilities .*: the logits are "\/head\/head.0\/Gemm_output_0"/,
  ],
  ['no classifier', 'encoder', {}, /no linear layer .* logits: false/],
  [
    'a map without four axes',
    'gemm',
    { featureMap: '/pool/pool.1/Flatten_output_0' },
    /must have four axes.* is \[1, 6\]/,
  ],
  ['an open size', 'channels_last', {}, /leaves the size of its images open: give inputSize/],
  ['another size', 'gemm', { inputSize: 224 }, /takes images of 16 x 16, but inputSize is 224 x 224/],
  ['another number of classes', 'gemm', { classes: 10 }, /gives 5 logits, but the model is to have 10 classes/],
  ['no such file', 'absent', {}, /absent.onnx: there is no such file/],
]

describe('errors', () => {
  test.each(errors)('%s', async (_, model, options, message) => {
    await expect(openModel({ onnx: fixture(`${model}.onnx`), ...options })).rejects.toThrow(message)
  })

  test('no global pooling, external data missing, too short or outside, no ONNX file at all', async () => {
    const directory = temporaryDirectory()
    const file = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(directory, name), bytes)
      return { onnx: join(directory, name) }
    }
    const graph = createGraph()
    const flat = graph.node('Flatten', [graph.input('x', 'float32', ['n', 3, 2, 2])])
    graph.output(graph.node('MatMul', [flat, graph.constant(new Float32Array(24), [12, 2])]), 'float32')
    const unpooled = file('unpooled.onnx', graph.encode())
    await expect(openModel(unpooled)).rejects.toThrow(/no global average pooling was found: name the option featureMap/)
    await expect(openModel({ ...unpooled, featureMap: false }).then((model) => model.close())).resolves.toBeUndefined()

    copyFileSync(fixture('external.onnx'), join(directory, 'external.onnx'))
    const external = { onnx: join(directory, 'external.onnx') }
    await expect(openModel(external)).rejects.toThrow(/keeps its weights in external.onnx.data, which is missing/)
    file('external.onnx.data', new Uint8Array(100))
    await expect(openModel(external)).rejects.toThrow(/but that file has 100 bytes/)
    const model = decodeModel(readFileSync(external.onnx))
    for (const { externalData } of graphOf(model).initializer) externalData[0]!.value = '../secret'
    await expect(openModel(file('outside.onnx', encodeModel(model)))).rejects.toThrow(
      /"\.\.\/secret", which is not a file beside/,
    )
    await expect(openModel(file('text.onnx', new TextEncoder().encode('hello')))).rejects.toThrow(/is not an ONNX file/)
  })
})
