import { readFileSync, readdirSync } from 'node:fs'
import type { StateDict } from '@mode-ood/core'
import { readSafetensors } from '@mode-ood/safetensors'
import { relativeError } from '@mode-ood/testing'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { hashedTensor, hashedUniform } from './hashed-weights.test.fixture.ts'
import { type Architecture, backboneSpec, emitInference, loadStateDict, stateDictEntries } from './index.ts'

const folder = new URL('../fixtures/', import.meta.url)
const keys: Record<string, [string, number[]][]> = JSON.parse(
  readFileSync(new URL('backbone_keys.json', folder), 'utf8'),
)
const files = readdirSync(folder).filter((file) => /^backbone_.*\.safetensors$/.test(file))

const architectureOf = (model: string) => model.replace('imagenet_', '').replace('cifar_', 'cifar-') as Architecture

/** NCHW as PyTorch has it to NHWC as the graph takes it. */
function channelsLast(image: Float32Array, count: number, size: number): Float32Array {
  const positions = size * size
  return Float32Array.from({ length: image.length }, (_, i) => {
    const n = Math.floor(i / (3 * positions))
    const position = Math.floor((i % (3 * positions)) / 3)
    return image[(n * 3 + (i % 3)) * positions + position]!
  }).subarray(0, count * 3 * positions)
}

async function run(bytes: Uint8Array, images: Float32Array, size: number) {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 })
  const shape = [images.length / (3 * size * size), size, size, 3]
  return session.run({ images: new Tensor('float32', images, shape) })
}

test('every golden network has a file and keys', () => {
  expect(files).toHaveLength(5)
  expect(Object.keys(keys).toSorted()).toEqual(files.map((file) => file.slice(9, -12)).toSorted())
})

describe.each(Object.entries(keys))('%s', (model, entries) => {
  const spec = backboneSpec(architectureOf(model))
  const golden = readSafetensors(readFileSync(new URL(`backbone_${model}.safetensors`, folder))).tensors
  const isImagenet = model.startsWith('imagenet')

  test('has the names and shapes of PyTorch, in order', () => {
    const network = entries.filter(([name]) => !name.startsWith('head.'))
    const ours = stateDictEntries(spec, isImagenet ? { classes: 1000 } : {})
    expect(ours).toEqual(network.map(([name, shape]) => ({ name: name.replace('encoder.', ''), shape })))
  })

  test('computes what PyTorch computes', async () => {
    const tensors: StateDict = new Map(entries.map(([name, shape], i) => [name, hashedTensor(name, shape, i)]))
    const weights = loadStateDict(spec, tensors, { logits: isImagenet })
    const { inputSize: size } = spec
    const count = isImagenet ? 1 : 2
    const image = Float32Array.from(hashedUniform(count * 3 * size * size, 9999), (u) => 3.4 * u)
    const outputs = await run(emitInference(spec, weights), channelsLast(image, count, size), size)
    const pairs = { featureMap: 'feature_map_nhwc', ...(isImagenet ? { logits: 'logits' } : { embedding: 'global' }) }
    for (const [name, expected] of Object.entries(pairs)) {
      const error = relativeError(outputs[name]!.data as Float32Array, golden.get(expected)!.data as Float32Array)
      expect(error, name).toBeLessThan(1e-4)
    }
  })
})
