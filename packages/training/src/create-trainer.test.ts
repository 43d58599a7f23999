import type { StateDict } from '@mode-ood/core'
import { relativeError } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { createTrainer } from './create-trainer.ts'
import { readTorchSteps, type torchSteps } from './onnx/torch-steps.test.fixture.ts'
import { trainingEntries } from './training-entries.ts'

// float32 against PyTorch in float64; sums over a batch cost a digit
const precision = 1e-5

function stateBefore(name: (typeof torchSteps)[number]): StateDict {
  const steps = readTorchSteps(name)
  const values = steps.tensors('before')
  const entries = trainingEntries(steps.spec, { classes: steps.classes })
  return new Map(entries.map(({ name: key, shape }) => [key, { dtype: 'F32', shape, data: values.get(key)! }]))
}

test.each([
  ['pad', 'auto'],
  ['pad-odd', 'auto'],
  ['imagenet', 'plain'],
] as const)('%s, layout %s: two steps end where PyTorch is', async (name, layout) => {
  const steps = readTorchSteps(name)
  const { spec, classes, optimizer, images, labels, labelSmoothing } = steps
  const state = stateBefore(name)
  const trainer = await createTrainer({ spec, classes, loss: { name: 'ce', labelSmoothing }, optimizer, layout, state })
  for (const [i, rate] of steps.learningRates.entries()) {
    const { loss, parts } = await trainer.step({ images, labels }, rate)
    expect(Math.abs(loss / steps.losses[i]! - 1)).toBeLessThan(precision)
    expect(parts).toEqual({})
  }
  const { logits, embedding, featureMap } = await trainer.evaluate(images)
  expect(relativeError(logits!.data, steps.logits)).toBeLessThan(10 * precision)
  const after = await trainer.state()
  for (const [key, values] of steps.tensors('after')) {
    expect(relativeError(after.get(key)!.data as Float32Array, values), key).toBeLessThan(precision)
  }
  const positions = featureMap.height * featureMap.width
  const pooled = Float64Array.from(embedding.data, () => 0)
  for (const [i, value] of featureMap.data.entries()) {
    const image = Math.floor(i / (positions * featureMap.channels))
    pooled[image * featureMap.channels + (i % featureMap.channels)]! += value / positions
  }
  expect(relativeError(embedding.data, pooled)).toBeLessThan(precision)
  await trainer.close()
})
