import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { backboneSpec } from '@mode-ood/backbones'
import { createRandom } from '@mode-ood/core'
import { openModel } from '@mode-ood/inference'
import { writeSafetensors } from '@mode-ood/safetensors'
import { relativeError, temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { createTrainer } from './create-trainer.ts'
import { modelTensors } from './model-tensors.ts'
import { readTorchSteps, torchSteps } from './onnx/torch-steps.test.fixture.ts'
import { trainingEntries } from './training-entries.ts'

test('a trained network that is saved and opened for inference says what it said in evaluation mode', async () => {
  const [architecture, classes] = ['cifar-resnet20', 3] as const
  const spec = backboneSpec(architecture)
  const random = createRandom(1)
  const data = Float32Array.from({ length: 8 * 32 * 32 * 3 }, random.normal)
  const images = { count: 8, height: 32, width: 32, data }
  const trainer = await createTrainer({ spec, classes, loss: 'ce' })
  for (let step = 0; step < 3; step++)
    await trainer.step({ images, labels: Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1) }, 0.1)
  const expected = await trainer.evaluate(images)
  const state = await trainer.state()
  await trainer.close()

  const checkpoint = join(temporaryDirectory(), 'model.safetensors')
  writeFileSync(checkpoint, writeSafetensors(modelTensors(state)))
  const model = await openModel({ architecture, checkpoint, classes, threads: 1 })
  const outputs = await model.run(images)
  await model.close()
  expect(relativeError(outputs.logits.data, expected.logits!.data)).toBeLessThan(1e-4)
  expect(relativeError(outputs.embedding.data, expected.embedding.data)).toBeLessThan(1e-4)
  expect(relativeError(outputs.featureMap.data, expected.featureMap.data)).toBeLessThan(1e-4)
  expect(outputs.featureMap).toMatchObject({ count: 8, height: 8, width: 8, channels: 64 })
})

test.each(torchSteps)('%s has the names and shapes of PyTorch, which loads them strictly', (name) => {
  const { spec, classes, tensors } = readTorchSteps(name)
  const ofTorch = tensors('after')
  const entries = trainingEntries(spec, { classes })
  const sizes = entries.map((entry) => [entry.name, entry.shape.reduce((product, extent) => product * extent, 1)])
  expect(sizes.sort()).toEqual([...ofTorch].map(([key, values]) => [key, values.length]).sort())
})
