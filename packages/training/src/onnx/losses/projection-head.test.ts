import { relativeError, tolerance } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { readStoredLoss, runLoss } from './loss-graph.test.fixture.ts'
import { emitProjectionHead, projectionHeadTensors } from './projection-head.ts'

test("the projection head and its gradients are PyTorch's", async () => {
  const stored = readStoredLoss('projection_head.safetensors')
  const names = ['embeddings', ...projectionHeadTensors(12, 5).map(({ name }) => name)]
  const inputs = Object.fromEntries([...names, 'direction'].map((name) => [name, stored.input(name)]))
  let output = ''
  const { gradients, updates } = await runLoss(inputs, (tape) => {
    output = emitProjectionHead(tape, 'embeddings')
    tape.addGradient(output, 'direction')
    return { loss: tape.graph.scalar(0), parts: {}, updates: new Map([['output', output]]) }
  })
  expect(relativeError(updates['output']!, stored.values('output'))).toBeLessThan(tolerance.float32)
  expect(Object.keys(gradients).sort()).toEqual([...names].sort())
  for (const name of names) {
    expect(relativeError(gradients[name]!, stored.values(`gradient.${name}`)), name).toBeLessThan(tolerance.float32)
  }
})

test('vectors that the layers map to zero stay zero, with finite gradients', async () => {
  const tensors = projectionHeadTensors(2, 3).map(({ name, shape }) => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    return [name, { shape, values: new Float32Array(size) }] as const
  })
  const inputs = { embeddings: { shape: [1, 2], values: [1, 2] }, slope: { shape: [1, 3], values: [1, 1, 1] } }
  const { gradients, updates } = await runLoss({ ...Object.fromEntries(tensors), ...inputs }, (tape) => {
    const output = emitProjectionHead(tape, 'embeddings')
    tape.addGradient(output, 'slope')
    return { loss: tape.graph.scalar(0), parts: {}, updates: new Map([['output', output]]) }
  })
  expect([...updates['output']!]).toEqual([0, 0, 0])
  expect(Object.values(gradients).every((values) => values.every(Number.isFinite))).toBe(true)
})
