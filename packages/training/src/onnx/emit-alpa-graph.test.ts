import { relativeError } from '@mode-ood/testing'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { emitAlpaGraph } from './emit-alpa-graph.ts'
import { readStoredLoss } from './losses/loss-graph.test.fixture.ts'

test('a model of its own: golden loss and gradients by their names', async () => {
  const { input, values } = readStoredLoss('alpa_small.safetensors')
  const [count, height, width, channels] = input('features_nhwc').shape as [number, number, number, number]
  const dimension = input('query.w2').shape[1]!
  const bytes = emitAlpaGraph({ count, height, width, channels }, { dimension })
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4 })
  const matrices = ['query', 'key', 'value'].flatMap((role) => [`${role}.w1`, `${role}.w2`])
  const float = (name: string) => Float32Array.from(values(name))
  const feeds = {
    map: new Tensor('float32', float('features_nhwc'), [count, height * width, channels]),
    labels: new Tensor('int32', Int32Array.from(values('labels')), [count / 2]),
    ...Object.fromEntries(
      matrices.map((name) => [`alpa.${name}`, new Tensor('float32', float(name), [...input(name).shape])]),
    ),
  }
  const outputs = await session.run(feeds)
  await session.release()
  const found = (name: string) => outputs[name]!.data as Float32Array
  expect(Object.keys(outputs)).toHaveLength(8)
  expect(relativeError(found('loss'), values('loss'))).toBeLessThan(1e-4)
  expect(relativeError(found('gradient.map'), values('grad_features_nhwc'))).toBeLessThan(1e-4)
  for (const name of matrices) {
    expect(relativeError(found(`gradient.alpa.${name}`), values(`grad.${name}`)), name).toBeLessThan(1e-4)
  }
})

test('an option that is none is named', () => {
  const shape = { count: 4, height: 2, width: 2, channels: 3 }
  expect(() => emitAlpaGraph(shape, { dimension: 0 })).toThrow('dimension')
})
