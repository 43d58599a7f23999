import type { BackboneSpec } from '@mode-ood/backbones'
import { createRandom } from '@mode-ood/core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { initialState } from '../initial-state.ts'
import { trainingEntries } from '../training-entries.ts'
import { emitTrainingGraph } from './emit-training-graph.ts'
import { crossEntropyEmitter } from './losses/cross-entropy.ts'
import { plainLayout } from './plain/plain-layout.ts'
import { planVariables } from './plan-variables.ts'
import { sizeOf } from './state-variable.ts'

// all that a network can hold: a large stem that strides, max pooling, bottlenecks, projections
const spec: BackboneSpec = {
  name: 'all kinds',
  stem: { kernel: 7, stride: 2, channels: 6, maxPool: true },
  block: 'bottleneck',
  stages: [
    { blocks: 1, width: 4, stride: 1 },
    { blocks: 1, width: 4, stride: 2 },
  ],
  shortcut: 'projection',
  shortcutName: 'downsample',
  headName: 'fc',
  inputSize: 37,
  batchNormEpsilon: 1e-5,
}
const [classes, count, size] = [3, 24, spec.inputSize]
const entries = trainingEntries(spec, { classes })
const learnt = entries.filter(({ role }) => role === 'learnt').map(({ name }) => name)
// every tensor is a variable of its own, so that it can be moved by itself
const variables = planVariables(entries, { smallest: 0 })
const graph = emitTrainingGraph({
  spec,
  classes,
  layout: plainLayout,
  variables,
  loss: crossEntropyEmitter({ labelSmoothing: 0.2 }),
  views: 1,
  images: { count, height: size, width: size },
})
const session = await InferenceSession.create(graph, { intraOpNumThreads: 1, logSeverityLevel: 4 })
const random = createRandom(4)
const normal = (length: number) => Float32Array.from({ length }, random.normal)
const feeds: Record<string, Tensor> = {
  images: new Tensor('float32', normal(count * size ** 2 * 3), [count, size, size, 3]),
  labels: new Tensor(
    'int32',
    Int32Array.from({ length: count }, (_, i) => i % classes),
    [count],
  ),
}
for (const [name, { data, shape }] of initialState(entries, 1)) {
  // away from the round numbers they begin with
  const values = (data as Float32Array).map((value) => value + 0.3 * random.uniform())
  feeds[`large.${name}`] = new Tensor('float32', values, [sizeOf(shape)])
}
const outputs = await session.run(feeds)
const distance = 1e-3

async function lossAt(name: string, direction: Float64Array, along: number): Promise<number> {
  const { data, dims } = feeds[`large.${name}`]!
  const moved = (data as Float32Array).map((value, i) => value + along * direction[i]!)
  const { loss } = await session.run({ ...feeds, [`large.${name}`]: new Tensor('float32', moved, dims) }, ['loss'])
  return (loss!.data as Float32Array)[0]!
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0)
const unit = (direction: ArrayLike<number>) => {
  const norm = Math.sqrt(dot(direction, direction))
  return Float64Array.from(direction, (value) => value / norm)
}

test.each(learnt)(
  'the gradient of %s is the slope of the loss along itself and along a random direction',
  async (name) => {
    const gradient = outputs[`gradient.large.${name}`]!.data as Float32Array
    const norm = Math.sqrt(dot(gradient, gradient))
    const noise = normal(gradient.length)
    for (const direction of [unit(gradient), unit(noise)]) {
      const slope =
        ((await lossAt(name, direction, distance)) - (await lossAt(name, direction, -distance))) / (2 * distance)
      // ReLUs that turn within the distance and float32's rounding of the loss cost up to one per cent; a wrong gradient is wrong
      // by much more
      expect(Math.abs(slope - dot(gradient, direction)) / norm).toBeLessThan(2e-2)
    }
    expect(norm).toBeGreaterThan(1e-3)
  },
)
