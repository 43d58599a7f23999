import { type BackboneSpec, backboneSpec, stateDictEntries } from '@mode-ood/backbones'
import { createRandom, InvalidOptionError } from '@mode-ood/core'
import { relativeError, tolerance } from '@mode-ood/testing'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { emitTrainingStep, type TrainingStepOptions } from './emit-training-step.ts'
import { initialState } from './initial-state.ts'

// all that a training step can hold: a plain block, blocks that stride, option A shortcuts
const tiny: BackboneSpec = {
  ...backboneSpec('cifar-resnet20'),
  name: 'tiny',
  stem: { kernel: 3, stride: 1, channels: 4, maxPool: false },
  stages: [
    { blocks: 1, width: 4, stride: 1 },
    { blocks: 2, width: 8, stride: 2 },
  ],
  inputSize: 8,
}
const [classes, batchSize, size] = [3, 5, 8]
const entries = stateDictEntries(tiny, { classes })
const learnt = entries.map(({ name }) => name).filter((name) => !name.includes('running'))

type State = Map<string, { readonly data: Float32Array; readonly shape: readonly number[] }>

/** Random images and labels, and weights away from the round numbers they begin with. */
function createInputs(): State {
  const random = createRandom(3)
  const state: State = new Map()
  const fill = (name: string, shape: readonly number[], value: (i: number) => number) => {
    const length = shape.reduce((product, extent) => product * extent, 1)
    state.set(name, { shape, data: Float32Array.from({ length }, (_, i) => value(i)) })
  }
  for (const [name, { data, dims }] of initialState(tiny, classes, random.fork('weights'))) {
    fill(name, dims, (i) => (data as Float32Array)[i]! + 0.3 * random.uniform())
  }
  fill('images', [batchSize, size, size, 3], () => random.normal())
  fill('targets', [batchSize, classes], (i) => (i % classes === Math.floor(i / classes) % classes ? 1 : 0))
  fill('learningRate', [], () => 0.1)
  return state
}

/** A function that takes a step and returns every output. */
async function openStep(
  options: Partial<TrainingStepOptions> = {},
): Promise<(state: State) => Promise<Map<string, Float32Array>>> {
  const bytes = emitTrainingStep(tiny, { classes, batchSize, ...options })
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 })
  return async (state) => {
    const feeds = [...state].map(([name, { data, shape }]) => [name, new Tensor('float32', data, shape)])
    const outputs = await session.run(Object.fromEntries(feeds))
    return new Map(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]))
  }
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0)
const unit = (direction: ArrayLike<number>) => {
  const norm = Math.sqrt(dot(direction, direction))
  return Float64Array.from(direction, (value) => value / norm)
}

describe('the gradient', async () => {
  // without momentum and decay the velocity is the gradient
  const step = await openStep({ momentum: 0, weightDecay: 0 })
  const inputs = createInputs()
  const outputs = await step(inputs)
  const distance = 1e-3

  async function slope(name: string, direction: Float64Array): Promise<number> {
    const { data, shape } = inputs.get(name)!
    const lossAt = async (along: number) => {
      const moved = { shape, data: data.map((value, i) => value + along * direction[i]!) }
      return (await step(new Map([...inputs, [name, moved]]))).get('loss')![0]!
    }
    return ((await lossAt(distance)) - (await lossAt(-distance))) / (2 * distance)
  }

  test.each(learnt)('of %s is the slope of the loss along itself and along a random direction', async (name) => {
    const gradient = outputs.get(`next.velocity.${name}`)!
    const random = createRandom(name)
    const directions = [unit(gradient), unit(Array.from(gradient, () => random.normal()))]
    const norm = Math.sqrt(dot(gradient, gradient))
    for (const direction of directions) {
      // a ReLU that turns within the distance costs half a per cent; a wrong gradient is wrong by much more
      const difference = Math.abs((await slope(name, direction)) - dot(gradient, direction))
      expect(difference / norm).toBeLessThan(2e-2)
      expect(norm).toBeGreaterThan(1e-2)
    }
  })
})

test('SGD with momentum and weight decay as PyTorch defines it', async () => {
  const inputs = createInputs()
  const plain = await (await openStep({ momentum: 0, weightDecay: 0 }))(inputs)
  const outputs = await (await openStep({ momentum: 0.8, weightDecay: 0.01 }))(inputs)
  for (const name of learnt) {
    const gradient = plain.get(`next.velocity.${name}`)!
    const [weight, velocity] = [inputs.get(name)!.data, inputs.get(`velocity.${name}`)!.data]
    const nextVelocity = velocity.map((value, i) => 0.8 * value + gradient[i]! + 0.01 * weight[i]!)
    const nextWeight = weight.map((value, i) => value - 0.1 * nextVelocity[i]!)
    expect(relativeError(outputs.get(`next.velocity.${name}`)!, nextVelocity)).toBeLessThan(tolerance.float32)
    expect(relativeError(outputs.get(`next.${name}`)!, nextWeight)).toBeLessThan(tolerance.float32)
  }
})

test('running statistics move a tenth of the way to mean and unbiased variance of the batch', async () => {
  const inputs = createInputs()
  const outputs = await (await openStep())(inputs)
  const { data: images } = inputs.get('images')!
  const { data: filter } = inputs.get('conv1.weight')!
  const pixel = (n: number, y: number, x: number, c: number) =>
    y < 0 || x < 0 || y >= size || x >= size ? 0 : images[((n * size + y) * size + x) * 3 + c]!
  const taps = Array.from({ length: 27 }, (_, i) => ({
    c: Math.floor(i / 9),
    dy: (Math.floor(i / 3) % 3) - 1,
    dx: (i % 3) - 1,
  }))
  const positions = Array.from({ length: batchSize * size * size }, (_, i) => [
    Math.floor(i / 64),
    Math.floor(i / 8) % 8,
    i % 8,
  ])
  for (let channel = 0; channel < 4; channel++) {
    const seen = positions.map(([n, y, x]) =>
      taps.reduce((sum, { c, dy, dx }, i) => sum + filter[channel * 27 + i]! * pixel(n!, y! + dy, x! + dx, c), 0),
    )
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length
    const variance = seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seen.length - 1)
    const expected = (name: string, observed: number) => 0.9 * inputs.get(name)!.data[channel]! + 0.1 * observed
    for (const [name, observed] of [
      ['bn1.running_mean', mean],
      ['bn1.running_var', variance],
    ] as const) {
      expect(outputs.get(`next.${name}`)![channel]).toBeCloseTo(expected(name, observed), 5)
    }
  }
})

test('a network with projections is refused', () => {
  const projecting = backboneSpec('cifar-resnet18')
  expect(() => emitTrainingStep(projecting, { classes, batchSize })).toThrow(InvalidOptionError)
})
