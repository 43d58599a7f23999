import type { StateDict } from '@mode-ood/core'
import { relativeError } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { createTrainer } from './create-trainer.ts'
import { shareOut, takeImages } from './onnx/engine/share-out.ts'
import { readTorchSteps } from './onnx/torch-steps.test.fixture.ts'
import type { Trainer, TrainingBatch } from './trainer.ts'

const { spec, classes, images, labels } = readTorchSteps('pad')
const learningRate = 0.1

const valuesOf = (state: StateDict, name: string) => state.get(name)!.data as Float32Array

/** What PyTorch's DDP does by definition: each worker steps by itself, and its movement counts by its share. */
async function stepApart(trainer: Trainer, views: 1 | 2, batch: TrainingBatch, workers: number) {
  const before = await trainer.state()
  const expected = new Map([...before].map(([name, { data }]) => [name, Float64Array.from(data as Float32Array)]))
  let loss = 0
  for (const range of shareOut(batch.labels.length, workers)) {
    const share = (range.to - range.from) / batch.labels.length
    if (share === 0) continue
    await trainer.restore(before)
    const own = { images: takeImages(batch.images, range, views), labels: batch.labels.slice(range.from, range.to) }
    loss += share * (await trainer.step(own, learningRate)).loss
    const after = await trainer.state()
    for (const [name, sum] of expected) {
      const [start, end] = [valuesOf(before, name), valuesOf(after, name)]
      for (let i = 0; i < sum.length; i++) sum[i]! += share * (end[i]! - start[i]!)
    }
  }
  await trainer.restore(before)
  return { loss, expected }
}

const batches = {
  five: { images: takeImages(images, { from: 0, to: 5 }, 1), labels: labels.slice(0, 5) },
  'fewer images than workers': { images: takeImages(images, { from: 3, to: 5 }, 1), labels: labels.slice(3, 5) },
  'three images in two views': { images, labels: labels.slice(0, 3) },
}

describe.each([
  ['ce', 1, 3, ['five', 'fewer images than workers']],
  ['cider', 2, 2, ['three images in two views']],
] as const)('%s', (loss, views, workers, names) => {
  test(`${workers} workers move as the mean of each by itself, weighted by its images`, async () => {
    const options = { spec, classes, loss, optimizer: { momentum: 0, weightDecay: 0 } }
    const [alone, together] = await Promise.all([createTrainer(options), createTrainer({ ...options, workers })])
    for (const name of names) {
      const { loss: mean, expected } = await stepApart(alone, views, batches[name], workers)
      const initial = await alone.state()
      const { loss: joint } = await together.step(batches[name], learningRate)
      expect(Math.abs(joint / mean - 1), name).toBeLessThan(1e-6)
      const state = await together.state()
      expect([...state.keys()]).toEqual([...expected.keys()])
      for (const [tensor, values] of expected) {
        expect(relativeError(valuesOf(state, tensor), values), `${name}: ${tensor}`).toBeLessThan(2e-6)
      }
      await together.restore(initial)
    }
    await Promise.all([alone.close(), together.close()])
  })
})
