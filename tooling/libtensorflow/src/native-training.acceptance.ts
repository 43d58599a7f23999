import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { prepareBackend } from '@mode-ood/backend'
import { type BackboneSpec, backboneSpec } from '@mode-ood/backbones'
import { createRandom } from '@mode-ood/core'
import { openModel } from '@mode-ood/inference'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import { relativeError, temporaryDirectory } from '@mode-ood/testing'
import { createTrainer, modelTensors, type TrainingBatch } from '@mode-ood/training'
import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const folder = process.env['MODE_OOD_NATIVE']
if (folder === undefined)
  throw new Error('MODE_OOD_NATIVE is to name the folder where npm run libtensorflow has worked')
const name = process.env['MODE_OOD_NATIVE_PACKAGE'] === 'tfjs-node-gpu' ? 'tfjs-node-gpu' : 'tfjs-node'
const { tf, summary } = await prepareBackend({ prefer: name, folders: [folder] })

/** Small networks, in which no activation happens to lie so near to zero that engines disagree on its sign. */
const base = backboneSpec('cifar-resnet20')
const specs: BackboneSpec[] = [
  {
    ...base,
    name: 'pad',
    inputSize: 8,
    stages: [
      { blocks: 1, width: 16, stride: 1 },
      { blocks: 2, width: 32, stride: 2 },
    ],
  },
  {
    ...base,
    name: 'projection',
    inputSize: 10,
    shortcut: 'projection',
    stages: [
      { blocks: 1, width: 8, stride: 1 },
      { blocks: 1, width: 16, stride: 2 },
    ],
  },
  {
    ...base,
    name: 'bottleneck',
    inputSize: 9,
    block: 'bottleneck',
    shortcut: 'projection',
    stages: [{ blocks: 2, width: 4, stride: 2 }],
  },
  {
    ...backboneSpec('resnet18'),
    name: 'imagenet',
    inputSize: 32,
    stages: [
      { blocks: 1, width: 8, stride: 1 },
      { blocks: 1, width: 16, stride: 2 },
    ],
  },
]

function batchFor({ inputSize }: BackboneSpec, count: number, labels = count): TrainingBatch {
  const random = createRandom(`images of ${inputSize}`)
  const data = Float32Array.from({ length: count * inputSize ** 2 * 3 }, random.normal)
  return {
    images: { count, height: inputSize, width: inputSize, data },
    labels: Int32Array.from({ length: labels }, (_, i) => (i * i) % 3),
  }
}

test('runs on a current TensorFlow', () => {
  expect(summary).toMatch(/^tfjs-node(-gpu)? \(TensorFlow 2\.(1[6-9]|[2-9]\d)\./)
})

describe.each(specs)('$name', (spec) => {
  test.each(['ce', 'cider', 'supcon+alpa'] as const)('has the gradients of the ONNX engine with %s', async (loss) => {
    const options = { spec, classes: 3, loss, seed: 4 }
    const batch = batchFor(spec, 12, loss === 'ce' ? 12 : 6)
    const onnx = await createTrainer({ ...options, engine: 'onnx', layout: 'plain' })
    const native = await createTrainer({ ...options, engine: 'tfjs', backend: name })
    const [a, b] = [await onnx.step(batch, 0.1), await native.step(batch, 0.1)]
    expect(Math.abs(b.loss / a.loss - 1)).toBeLessThan(1e-5)
    const [expected, actual] = [await onnx.state(), await native.state()]
    for (const [key, { data }] of expected) {
      // Each engine errs by 1e-5 of a tensor's largest value; the velocities are the gradients.
      expect(relativeError(actual.get(key)!.data as Float32Array, data as Float32Array), key).toBeLessThan(2e-5)
    }
    await Promise.all([onnx.close(), native.close()])
  })
})

test('a network trained on it is saved and opened for inference, and gives the same logits', async () => {
  const spec = backboneSpec('cifar-resnet20')
  const trainer = await createTrainer({ spec, classes: 3, loss: 'ce', engine: 'tfjs', backend: name })
  const batch = batchFor(spec, 8)
  for (let i = 0; i < 3; i++) await trainer.step(batch, 0.05)
  const state = await trainer.state()
  const checkpoint = join(temporaryDirectory(), 'trained.safetensors')
  writeFileSync(checkpoint, writeSafetensors(modelTensors(state)))
  const model = await openModel({ architecture: 'cifar-resnet20', checkpoint, threads: 1 })
  const { logits } = await model.run(batch.images, { outputs: ['logits'] })
  const evaluated = await trainer.evaluate(batch.images)
  expect(relativeError(evaluated.logits!.data, logits.data)).toBeLessThan(1e-4)
  const again = await createTrainer({
    spec,
    classes: 3,
    loss: 'ce',
    engine: 'tfjs',
    backend: name,
    state: readSafetensors(writeSafetensors(state)).tensors,
  })
  expect(await again.state()).toEqual(state)
  await Promise.all([trainer.close(), again.close(), model.close()])
})

test('keeps no tensor over 50 steps', async () => {
  const spec = specs[0]!
  const trainer = await createTrainer({ spec, classes: 3, loss: 'ce', engine: 'tfjs', backend: name })
  const batch = batchFor(spec, 8)
  await trainer.step(batch, 0.01)
  const { numTensors } = tf.memory()
  for (let i = 0; i < 50; i++) await trainer.step(batch, 0.01)
  expect(tf.memory().numTensors).toBe(numTensors)
  await trainer.close()
})

test('a model of TensorFlow.js itself is saved to a folder and loaded again', async () => {
  const native = createRequire(join(folder, 'x.js'))(`@tensorflow/${name}`)
  const model = native.sequential({ layers: [native.layers.dense({ units: 2, inputShape: [3] })] })
  const directory = temporaryDirectory()
  await model.save(pathToFileURL(directory).href)
  const loaded = await native.loadLayersModel(pathToFileURL(join(directory, 'model.json')).href)
  const input = tf.tensor2d([1, 2, 3], [1, 3])
  expect(loaded.predict(input).dataSync()).toEqual(model.predict(input).dataSync())
})
