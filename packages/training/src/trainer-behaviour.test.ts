import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { BackboneSpec } from '@mode-ood/backbones'
import { createRandom, type Images, InvalidFileError, InvalidInputError, type StateDict } from '@mode-ood/core'
import { relativeError } from '@mode-ood/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTrainer } from './create-trainer.ts'
import { initialState } from './initial-state.ts'
import { modelTensors } from './model-tensors.ts'
import { readTorchSteps } from './onnx/torch-steps.test.fixture.ts'
import type { Trainer } from './trainer.ts'
import { trainingEntries } from './training-entries.ts'
import { TrainingDivergedError } from './training-diverged-error.ts'

const { spec, classes, images, labels } = readTorchSteps('pad')
const batch = { images, labels }

function noise(count: number, size: number): Images {
  const random = createRandom(`${count} ${size}`)
  return {
    count,
    height: size,
    width: size,
    data: Float32Array.from({ length: count * size * size * 3 }, random.normal),
  }
}

describe('a trainer', () => {
  let trainer: Trainer
  let initial: StateDict
  beforeAll(async () => {
    trainer = await createTrainer({ spec, classes, loss: 'ce' })
    initial = await trainer.state()
  })
  afterAll(() => trainer.close())

  test('answers calls in their order, waited for or not', async () => {
    const losses = await Promise.all([trainer.step(batch, 0.1), trainer.step(batch, 0.1), trainer.step(batch, 0.1)])
    const after = await trainer.state()
    await trainer.restore(initial)
    for (const { loss } of losses) expect((await trainer.step(batch, 0.1)).loss).toBe(loss)
    expect(await trainer.state()).toEqual(after)
    expect(losses[2]!.loss).toBeLessThan(losses[0]!.loss)
  })

  test('goes on from a state as if it had never stopped', async () => {
    const saved = await trainer.state()
    const { loss } = await trainer.step(batch, 0.05)
    const after = await trainer.state()
    const other = await createTrainer({ spec, classes, loss: 'ce', state: saved })
    expect((await other.step(batch, 0.05)).loss).toBe(loss)
    expect(await other.state()).toEqual(after)
    await other.close()
  })

  test('a loss that is no number is an error with step and learning rate, and changes nothing', async () => {
    await trainer.restore(initial)
    const glaring = { ...images, data: images.data.map((value) => value * 1e25) }
    const failure = trainer.step({ images: glaring, labels }, 0.25)
    await expect(failure).rejects.toThrow(TrainingDivergedError)
    await expect(failure).rejects.toThrow(/loss is NaN in step \d+, on a batch of 6 images with learning rate 0.25/)
    expect(await trainer.state()).toEqual(initial)
  })

  test('images do not influence each other in evaluation mode, however many there are', async () => {
    const many = noise(70, 8)
    const { logits, embedding, featureMap } = await trainer.evaluate(many)
    expect([logits!.rows, logits!.columns, featureMap.count, featureMap.height]).toEqual([70, classes, 70, 4])
    const last = { ...many, count: 1, data: many.data.subarray(69 * 192) }
    const alone = await trainer.evaluate(last)
    expect(relativeError(alone.logits!.data, logits!.data.subarray(69 * classes))).toBeLessThan(1e-6)
    expect(relativeError(alone.embedding.data, embedding.data.subarray(69 * 8))).toBeLessThan(1e-6)
  })

  test.each([
    ['a label that is no class', { images, labels: Int32Array.of(0, 1, 2, 3, 0, 1) }, 'label 3 of image 3 is no class'],
    ['too few labels', { images, labels: labels.slice(1) }, 'a batch of 6 images needs 6 labels, but 5 were given'],
    ['no images', { images: noise(0, 8), labels: new Int32Array() }, 'at least one image'],
    ['data of another size', { images: { ...images, width: 9 }, labels }, 'need 1296 values, but 1152 were given'],
    [
      'NaN',
      { images: { ...images, data: images.data.with(400, Number.NaN) }, labels },
      'image 2 of the batch holds the pixel value NaN',
    ],
  ])('%s in a batch is refused', async (_, wrong, message) => {
    await expect(trainer.step(wrong, 0.1)).rejects.toThrow(InvalidInputError)
    await expect(trainer.step(wrong, 0.1)).rejects.toThrow(message)
  })

  test('a state that does not fit is refused, and what lacks or differs is listed', async () => {
    const lacking = new Map([...initial].filter(([name]) => name !== 'bn1.weight'))
    await expect(trainer.restore(lacking)).rejects.toThrow(InvalidFileError)
    await expect(trainer.restore(lacking)).rejects.toThrow('1 tensor missing (bn1.weight [4])')
    const torn = new Map([...initial].filter(([name]) => name !== 'velocity.bn1.weight'))
    await expect(trainer.restore(torn)).rejects.toThrow('the velocities velocity.bn1.weight are missing')
    const misshapen = new Map([...initial, ['velocity.bn1.weight', initial.get('conv1.weight')!] as const])
    await expect(trainer.restore(misshapen)).rejects.toThrow('velocity.bn1.weight is [4, 3, 3, 3], but [4]')
  })

  test('takes a checkpoint without velocities and with the names of a wrapper', async () => {
    const checkpoint = new Map(
      [...initial].flatMap(([name, tensor]) =>
        name.startsWith('velocity.') ? [] : [[`module.${name}`, tensor] as const],
      ),
    )
    await trainer.step(batch, 0.1)
    await trainer.restore(checkpoint)
    expect(await trainer.state()).toEqual(initial)
  })

  // last: it changes the layout
  test('maps of odd sizes make it change to plain operators, which it says', async () => {
    await trainer.restore(initial)
    expect(trainer.description).toBe('onnx: blocked layout, 1 worker')
    const odd = { images: noise(6, 9), labels }
    const plain = await createTrainer({ spec, classes, loss: 'ce', layout: 'plain', state: initial })
    expect((await trainer.step(odd, 0.1)).loss).toBe((await plain.step(odd, 0.1)).loss)
    expect(trainer.description).toContain('onnx: plain layout because a map of 9 x 9 is odd')
    expect(plain.description).toBe('onnx: plain layout, 1 worker')
    expect(await trainer.state()).toEqual(await plain.state())
    await plain.close()
  })
})

test('a closed trainer answers what was asked before, and nothing after', async () => {
  const trainer = await createTrainer({ spec, classes, loss: 'ce' })
  const step = trainer.step(batch, 0.1)
  const closed = trainer.close()
  await expect(trainer.evaluate(images)).rejects.toThrow('the trainer is closed')
  expect(Number.isFinite((await step).loss)).toBe(true)
  await closed
  await trainer.close()
})

describe('a loss on a projection head', () => {
  const loss = { name: 'supcon', projection: 4 } as const

  test('wants half as many labels as images, and needs no classifier', async () => {
    const trainer = await createTrainer({ spec, classes, loss })
    await expect(trainer.step(batch, 0.1)).rejects.toThrow('a batch of 6 images needs 6 / 2 labels, but 6 were given')
    const odd = { images: noise(5, 8), labels: labels.slice(0, 2) }
    await expect(trainer.step(odd, 0.1)).rejects.toThrow('a batch of 5 images needs 5 / 2 labels, but 2 were given')
    expect((await trainer.evaluate(images)).logits).toBeUndefined()
    await trainer.close()
  })

  test('carries along the classifier of a checkpoint, and teaches its head', async () => {
    const entries = trainingEntries(spec, { classes })
    const state = initialState(entries, 3)
    const trainer = await createTrainer({ spec, classes, loss, state })
    const before = await trainer.state()
    await trainer.step({ images, labels: labels.slice(0, 3) }, 0.1)
    const after = await trainer.state()
    expect(after.get('linear.weight')).toEqual(state.get('linear.weight'))
    for (const name of ['head.0.weight', 'head.0.bias', 'head.2.weight', 'head.2.bias', 'conv1.weight']) {
      expect(after.get(name)!.data, name).not.toEqual(before.get(name)!.data)
    }
    expect([...modelTensors(after).keys()]).toEqual(entries.map(({ name }) => name))
    expect((await trainer.evaluate(images)).logits).toMatchObject({ rows: 6, columns: classes })
    await trainer.close()
  })
})

test.each([
  [{ classes: 0 }, 'option "classes"'],
  [{ workers: 1.5 }, 'option "workers"'],
  [{ loss: 'hinge' as 'ce' }, 'option "loss'],
  [{ loss: { name: 'ce' as const, labelSmoothing: 2 } }, 'option "loss.labelSmoothing"'],
  [{ optimizer: { momentum: 1 } }, 'option "optimizer.momentum"'],
  [{ state: new Map() }, 'state: does not fit pad: 35 tensors missing (conv1.weight [4, 3, 3, 3];'],
])('option %o is refused', async (options, message) => {
  await expect(createTrainer({ spec, classes, loss: 'ce', ...options })).rejects.toThrow(message)
})

/** Node's own collector, which is not there unless asked for. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

test('memory does not grow over a thousand steps', async () => {
  const tiny: BackboneSpec = { ...spec, stages: [{ blocks: 1, width: 4, stride: 1 }] }
  const trainer = await createTrainer({ spec: tiny, classes, loss: 'ce' })
  const large = { images: noise(48, 8), labels: Int32Array.from({ length: 48 }, (_, i) => i % classes) }
  const run = async (steps: number) => {
    for (let step = 0; step < steps; step++) await trainer.step(large, 0.01)
    collectGarbage()
    return process.memoryUsage().rss
  }
  let before = await run(300)
  const growth: number[] = []
  for (let round = 0; round < 3; round++) {
    const after = await run(400)
    growth.push((after - before) / 1e6)
    before = after
  }
  // the images alone, kept at every step, would add 15 MB in each round; an allocator settles in one of them
  expect(Math.min(...growth)).toBeLessThan(5)
  await trainer.close()
}, 120_000)
