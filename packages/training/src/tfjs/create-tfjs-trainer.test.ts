import { prepareBackend } from '@mode-ood/backend'
import type { Scalar } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import type { CustomLoss, NetworkOutputs } from '../differentiable-loss.ts'
import { readTorchSteps } from '../onnx/torch-steps.test.fixture.ts'
import type { TrainerOptions } from '../trainer.ts'
import { TrainingDivergedError } from '../training-diverged-error.ts'
import { createTfjsTrainer } from './create-tfjs-trainer.ts'
import { smoothedCrossEntropy } from './smoothed-cross-entropy.test.fixture.ts'

const { tf } = await prepareBackend({ prefer: 'wasm' })
const { spec, classes, images, labels } = readTorchSteps('pad')
const batch = { images, labels }
const pairs = { images, labels: labels.subarray(0, images.count / 2) }
const loss = smoothedCrossEntropy(tf)
const create = (options: Partial<TrainerOptions> = {}) =>
  createTfjsTrainer({ spec, classes, loss, backend: 'wasm', ...options })

test('learns a batch by heart, and says what it runs on', async () => {
  const trainer = await create({ optimizer: { weightDecay: 0 } })
  expect(trainer.description).toContain('tfjs: wasm')
  const { loss: before } = await trainer.step(batch, 0.1)
  for (let i = 0; i < 40; i++) await trainer.step(batch, 0.1)
  expect((await trainer.step(batch, 0.1)).loss).toBeLessThan(before / 20)
  await trainer.close()
})

test('begins as the seed says', async () => {
  const first = async (seed: number) => {
    const trainer = await create({ seed })
    const result = await trainer.step(batch, 0)
    await trainer.close()
    return result.loss
  }
  expect(await first(3)).toBe(await first(3))
  expect(await first(3)).not.toBe(await first(4))
})

test('steps, evaluations and states leave no tensor behind, nor does a trainer that is closed', async () => {
  const outside = tf.memory().numTensors
  const trainer = await create()
  await trainer.step(batch, 0.1)
  const { numTensors, numBytes } = tf.memory()
  for (let i = 0; i < 3; i++) {
    await trainer.step(batch, 0.1)
    await trainer.evaluate(images)
    await trainer.restore(await trainer.state())
  }
  expect(tf.memory().numTensors).toBe(numTensors)
  expect(tf.memory().numBytes).toBe(numBytes)
  await trainer.close()
  expect(tf.memory().numTensors).toBe(outside)
})

test('goes on from a state as if it had not stopped', async () => {
  const one = await create()
  await one.step(batch, 0.1)
  const other = await create({ state: await one.state() })
  for (const rate of [0.1, 0.05]) expect(await other.step(batch, rate)).toEqual(await one.step(batch, rate))
  expect(await other.state()).toEqual(await one.state())
  const start = await create()
  await start.restore(await one.state())
  expect(await start.step(batch, 0.1)).toEqual(await one.step(batch, 0.1))
  await Promise.all([one.close(), other.close(), start.close()])
})

describe("a loss of one's own", () => {
  /** Pulls the two views of an image to a point that follows them, and scales by a learnt number. */
  const pulled: CustomLoss = {
    views: 2,
    tensors: [
      { name: 'pull.scale', shape: [1], initial: { kind: 'uniform', fanIn: 4 }, learnt: true },
      { name: 'pull.centre', shape: [1, 8], initial: { kind: 'unit-rows' }, learnt: false },
    ],
    compute({ embedding, logits }, given, { 'pull.scale': scale, 'pull.centre': centre }) {
      const distance = tf.mean(tf.square(tf.sub(embedding, centre!))) as Scalar
      const strength = tf.reshape(tf.square(scale!), []) as Scalar
      const pull = tf.mul(distance, strength) as Scalar
      const twice = tf.concat([given, given])
      const entropy = tf.mul(smoothedCrossEntropy(tf)({ logits } as never, twice, {}) as Scalar, 0.5) as Scalar
      const updates = { 'pull.centre': tf.reshape(tf.mean(embedding, 0), [1, 8]) }
      return { loss: tf.add(pull, entropy), parts: { pull, entropy }, updates }
    },
  }

  test('has tensors that are learnt, tensors that it moves, and parts', async () => {
    const outside = tf.memory().numTensors
    const trainer = await create({ loss: pulled })
    const before = await trainer.state()
    const { loss: total, parts } = await trainer.step(pairs, 0.1)
    expect(Object.keys(parts)).toEqual(['pull', 'entropy'])
    expect(parts['pull']! + parts['entropy']!).toBeCloseTo(total, 6)
    const after = await trainer.state()
    expect(after.get('pull.scale')!.data).not.toEqual(before.get('pull.scale')!.data)
    expect([...after.keys()].filter((name) => name.startsWith('velocity.pull'))).toEqual(['velocity.pull.scale'])
    // the centre is now the mean embedding of the batch in training mode: after ReLU, and not where it began
    expect(Math.min(...(after.get('pull.centre')!.data as Float32Array))).toBeGreaterThanOrEqual(0)
    await trainer.step(pairs, 0.1)
    await trainer.close()
    expect(tf.memory().numTensors).toBe(outside)
  })

  test('that reads the embedding alone leaves the classifier as it was, without decay', async () => {
    const trainer = await create({ loss: ({ embedding }) => tf.mean(tf.square(embedding)) as Scalar })
    const before = await trainer.state()
    await trainer.step(batch, 0.1)
    const after = await trainer.state()
    expect(after.get('linear.weight')).toEqual(before.get('linear.weight'))
    expect(after.get('conv1.weight')).not.toEqual(before.get('conv1.weight'))
    await trainer.close()
  })

  test('that gives no scalar, or throws, is an error that costs nothing', async () => {
    const outside = tf.memory().numTensors
    const vector = await create({ loss: (({ logits }: NetworkOutputs) => tf.sum(logits, 1)) as never })
    await expect(vector.step(batch, 0.1)).rejects.toThrow(
      'a float32 tensor of shape [6], but a float32 scalar is needed',
    )
    await vector.close()
    const broken = await create({
      loss: () => {
        throw new Error('broken')
      },
    })
    await expect(broken.step(batch, 0.1)).rejects.toThrow('broken')
    await broken.close()
    expect(tf.memory().numTensors).toBe(outside)
  })
})

test('a loss that is no number ends the step with nothing moved', async () => {
  let diverges = false
  const entropy = smoothedCrossEntropy(tf)
  const trainer = await create({
    loss: (...given) => tf.mul(entropy(...given) as Scalar, diverges ? Number.NaN : 1),
  })
  await trainer.step(batch, 0.1)
  const before = await trainer.state()
  const { numTensors } = tf.memory()
  diverges = true
  const stepping = trainer.step(batch, 0.25)
  await expect(stepping).rejects.toThrow(TrainingDivergedError)
  await expect(stepping).rejects.toThrow('the loss is NaN in step 2, on a batch of 6 images with learning rate 0.25')
  expect(tf.memory().numTensors).toBe(numTensors)
  expect(await trainer.state()).toEqual(before)
  await trainer.close()
})

test('calls are answered in their order, and none after close', async () => {
  const trainer = await create()
  const step = trainer.step(batch, 0.1)
  const state = trainer.state()
  const closing = trainer.close()
  const late = trainer.step(batch, 0.1)
  await step
  expect((await state).get('bn1.running_mean')!.data).not.toEqual(new Float32Array(spec.stem.channels))
  await closing
  await expect(late).rejects.toThrow('the trainer is closed')
  await trainer.close()
})

test('refuses what it cannot do', async () => {
  await expect(create({ classes: 0 })).rejects.toThrow('option "classes"')
  await expect(create({ loss: 'ec' as never })).rejects.toThrow('option "loss')
  await expect(create({ optimizer: { momentum: 1 } })).rejects.toThrow('option "optimizer.momentum"')
  await expect(create({ state: new Map() })).rejects.toThrow('conv1.weight')
  const trainer = await create()
  const wrong = { images, labels: labels.map(() => classes) }
  await expect(trainer.step(wrong, 0.1)).rejects.toThrow('label 3 of image 0 is no class')
  await trainer.close()
})
