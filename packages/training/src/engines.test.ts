import { prepareBackend } from '@mode-ood/backend'
import { relativeError, tolerance } from '@mode-ood/testing'
import type { Scalar } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { createTrainer } from './create-trainer.ts'
import type { NetworkOutputs } from './differentiable-loss.ts'
import { type LossInput, lossOptionsSchema, viewsOfLoss } from './loss-options.ts'
import { initialState } from './initial-state.ts'
import { readTorchSteps, type torchSteps } from './onnx/torch-steps.test.fixture.ts'
import type { TrainerOptions } from './trainer.ts'
import { trainingEntries } from './training-entries.ts'

/** Every loss with a network; every architecture is in architectures.test.ts. */
const pairs: { name: (typeof torchSteps)[number]; loss: Exclude<LossInput, string> }[] = [
  { name: 'pad', loss: { name: 'cider', projection: 6 } },
  { name: 'pad-odd', loss: { name: 'ce', labelSmoothing: 0.1 } },
  { name: 'projection', loss: { name: 'supcon', projection: 6 } },
  { name: 'bottleneck', loss: { name: 'cider', projection: 5, prototypeMomentum: 0.9 } },
  { name: 'pad', loss: { name: 'alpa', alpa: { dimension: 5, aggregation: 'sum' } } },
  { name: 'pad-odd', loss: { name: 'ce+alpa', alpa: { dimension: 6, aggregation: 'logsum', grid: 3 } } },
  { name: 'projection', loss: { name: 'supcon+alpa', projection: 6, alpaWeight: 0.5, alpa: { dimension: 7 } } },
]

/** ALPA's gradients are small differences of large numbers: with nothing beside them they keep a bit less of float32. */
const precisionOf = (loss: Exclude<LossInput, string>) => (loss.name === 'alpa' ? 2 : 1) * tolerance.float32

/** A network at which no activation is so near to zero that the engines might disagree on its sign. */
function problem(name: (typeof torchSteps)[number], loss: LossInput) {
  const { spec, classes, images, labels, tensors } = readTorchSteps(name)
  const before = tensors('before')
  const entries = trainingEntries(spec, { classes })
  const state = new Map(
    entries.map((entry) => [entry.name, { dtype: 'F32', shape: entry.shape, data: before.get(entry.name)! } as const]),
  )
  const views = viewsOfLoss(lossOptionsSchema.parse(loss))
  return {
    options: { spec, classes, loss, state } satisfies TrainerOptions,
    batch: { images, labels: labels.subarray(0, images.count / views) },
  }
}

test.each(pairs)('both engines agree: $loss.name on $name', async ({ name, loss }) => {
  const { options, batch } = problem(name, loss)
  const precision = precisionOf(loss)
  const onnx = await createTrainer({ ...options, engine: 'onnx' })
  const tfjs = await createTrainer({ ...options, engine: 'tfjs', backend: 'wasm' })
  const [a, b] = [await onnx.step(batch, 0.1), await tfjs.step(batch, 0.1)]
  expect(Object.keys(b.parts)).toEqual(Object.keys(a.parts))
  expect(relativeError([b.loss, ...Object.values(b.parts)], [a.loss, ...Object.values(a.parts)])).toBeLessThan(
    tolerance.float32,
  )
  const [expected, actual] = [await onnx.state(), await tfjs.state()]
  expect([...actual.keys()]).toEqual([...expected.keys()])
  // The velocities are the gradients, plus weight decay.
  for (const [key, { data, shape }] of expected) {
    expect(actual.get(key)!.shape).toEqual(shape)
    expect(relativeError(actual.get(key)!.data as Float32Array, data as Float32Array), key).toBeLessThan(precision)
  }
  const [ofOnnx, ofTfjs] = [await onnx.evaluate(batch.images), await tfjs.evaluate(batch.images)]
  for (const output of ['logits', 'embedding', 'featureMap'] as const) {
    expect(relativeError(ofTfjs[output]!.data, ofOnnx[output]!.data), output).toBeLessThan(10 * tolerance.float32)
  }
  await Promise.all([onnx.close(), tfjs.close()])
})

test("both engines begin alike, and go on from each other's state", async () => {
  const { spec, classes, images, labels } = readTorchSteps('projection')
  const options = { spec, classes, loss: 'ce', seed: 5 } as const
  const onnx = await createTrainer({ ...options, engine: 'onnx' })
  const tfjs = await createTrainer({ ...options, engine: 'tfjs', backend: 'wasm' })
  const begins = await tfjs.state()
  expect(begins).toEqual(await onnx.state())
  expect(begins.get('conv1.weight')).toEqual(initialState(trainingEntries(spec, { classes }), 5).get('conv1.weight'))
  await onnx.step({ images, labels }, 0.1)
  await tfjs.restore(await onnx.state())
  expect(await tfjs.state()).toEqual(await onnx.state())
  await Promise.all([onnx.close(), tfjs.close()])
})

test('a function trains with TensorFlow.js, and an option of the other engine is refused', async () => {
  const { spec, classes } = readTorchSteps('pad')
  const loss = ({ logits }: NetworkOutputs) => tf.sum(logits) as Scalar
  const { tf } = await prepareBackend({ prefer: 'wasm' })
  const trainer = await createTrainer({ spec, classes, loss, backend: 'wasm' })
  expect(trainer.description).toContain('tfjs: wasm')
  await trainer.close()
  const create = (options: Partial<TrainerOptions>) => createTrainer({ spec, classes, loss: 'ce', ...options })
  await expect(create({ loss, engine: 'onnx' })).rejects.toThrow('a function needs the engine tfjs')
  await expect(create({ backend: 'cpu' })).rejects.toThrow(
    'option "backend" is of the engine tfjs, but this one is onnx',
  )
  await expect(create({ engine: 'tfjs', workers: 2 })).rejects.toThrow('option "workers" is of the engine onnx')
  await expect(create({ engine: 'cuda' as never })).rejects.toThrow('option "engine"')
})
