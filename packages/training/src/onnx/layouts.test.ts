import { backboneSpec } from '@mode-ood/backbones'
import { expect, test } from 'vitest'
import { blockedLayout } from './blocked/blocked-layout.ts'
import { createOnnxTrainer } from './create-onnx-trainer.ts'
import type { GraphLayout } from './graph-layout.ts'
import { chooseLayout, tryBlocks } from './layouts.ts'

const spec = backboneSpec('cifar-resnet20')

test('takes blocks where they work, and plain operators on request', async () => {
  const { choice, reason } = await chooseLayout('auto', spec)
  expect(choice.name).toBe('blocked')
  expect(reason).toBeUndefined()
  expect(await chooseLayout('plain', spec)).toEqual({ choice: { name: 'plain' } })
})

test('odd maps are no matter for blocks', async () => {
  expect(await chooseLayout('auto', { ...spec, inputSize: 30 })).toEqual({
    choice: { name: 'plain' },
    reason: 'a map of 15 x 15 is odd where the network strides by 2',
  })
})

test('a planted fault is found at start: training goes on with plain operators and says why', async () => {
  const faulty = (block: number): GraphLayout => {
    const { multiplyAdd, ...rest } = blockedLayout(block)
    return { ...rest, multiplyAdd: (graph, { factor, x, y }, name) => multiplyAdd(graph, { factor, x: y, y: x }, name) }
  }
  const trainer = await createOnnxTrainer({ spec, classes: 10, loss: 'ce' }, (request) =>
    chooseLayout(request, spec, () => tryBlocks(faulty)),
  )
  expect(trainer.description).toMatch(
    /^onnx: plain layout because its self-test failed on onnxruntime 1\.30\.0: \S+ differs from plain operators' by 0\.\d+, 1 worker$/,
  )
  const images = { count: 2, height: 32, width: 32, data: new Float32Array(2 * 32 * 32 * 3).map((_, i) => i % 3) }
  const { loss } = await trainer.step({ images, labels: Int32Array.of(0, 1) }, 0.1)
  expect(loss).toBeGreaterThan(0)
  await trainer.close()
})
