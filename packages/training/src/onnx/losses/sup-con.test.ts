import { relativeError, tolerance } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { readStoredLoss, runLoss, storedLosses } from './loss-graph.test.fixture.ts'
import type { LossInputs } from './loss-emitter.ts'
import { supConEmitter } from './sup-con.ts'

const unread = { classes: 0, map: { name: '', height: 0, width: 0, channels: 0 }, embedding: '', logits: '' }

function run(vectors: readonly (readonly number[])[], labels: readonly number[], temperature = 0.1, base = 0.07) {
  const count = vectors.length
  const inputs: LossInputs = { ...unread, count, views: 2, projected: 'vectors', labels: 'labels' }
  return runLoss(
    {
      vectors: { shape: [count, vectors[0]!.length], values: vectors.flat() },
      labels: { shape: [labels.length], values: labels },
    },
    (tape) => supConEmitter({ temperature, baseTemperature: base })(tape, inputs),
  )
}

/** [B, 2, D] as rows, view 1 of all images, then view 2. */
function viewByView(values: ArrayLike<number>, [images, views, dimension]: readonly number[]): number[][] {
  const all = Array.from(values)
  return Array.from({ length: images! * views! }, (_, row) => {
    const start = ((row % images!) * views! + Math.floor(row / images!)) * dimension!
    return all.slice(start, start + dimension!)
  })
}

describe('SupCon in a graph', () => {
  test.each(storedLosses('supcon_'))('golden %s', async (file) => {
    const stored = readStoredLoss(file)
    const { shape, values } = stored.input('embeddings')
    const { loss, gradients } = await run(
      viewByView(values, shape),
      Array.from(stored.values('labels')),
      stored.option('temperature'),
      stored.option('base_temperature'),
    )
    expect(relativeError([loss], stored.values('loss'))).toBeLessThan(tolerance.float32)
    const expected = viewByView(stored.values('grad'), shape).flat()
    expect(relativeError(gradients['vectors']!, expected)).toBeLessThan(tolerance.float32)
  })

  test('one image: its views have nothing to be told from, so the loss is 0', async () => {
    const { loss, gradients } = await run(
      [
        [0.6, 0.8],
        [0, 1],
      ],
      [5],
    )
    expect(loss).toBeCloseTo(0, 6)
    expect(Math.max(...gradients['vectors']!.map(Math.abs))).toBeLessThan(1e-6)
  })

  test('vectors all equal, and vectors whose exponentials overflow', async () => {
    const equal = await run(
      Array.from({ length: 6 }, () => [1, 0]),
      [0, 1, 2],
    )
    expect(equal.loss).toBeCloseTo((0.1 / 0.07) * Math.log(5), 5)
    const huge = await run(
      [
        [60, 0],
        [0, 60],
        [0, 60],
        [60, 0],
      ],
      [0, 1],
    )
    expect(huge.loss).toBeCloseTo(36000 / 0.7, 0)
    expect(huge.gradients['vectors']!.every(Number.isFinite)).toBe(true)
  })

  test('without a projection head it says what is missing', async () => {
    const inputs: LossInputs = { ...unread, count: 2, views: 2, labels: 'labels' }
    const labels = { shape: [1], values: [0] }
    await expect(
      runLoss({ labels }, (tape) => supConEmitter({ temperature: 1, baseTemperature: 1 })(tape, inputs)),
    ).rejects.toThrow('no projection head')
  })
})
