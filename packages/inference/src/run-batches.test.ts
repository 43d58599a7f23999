import type { Images } from '@mode-ood/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Model, openModel, runBatches } from './index.ts'
import { randomImages, tinyModel } from './tiny-model.test.fixture.ts'

interface Batch extends Images {
  readonly labels: Int32Array
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const value of values) collected.push(value)
  return collected
}

describe('runBatches', () => {
  let model: Model
  beforeAll(async () => {
    model = await openModel({ onnx: tinyModel(), threads: 2 })
  })
  afterAll(() => model.close())

  /** Batches of very different sizes, so that later ones are done first; counts how many were asked for. */
  function source(count: number) {
    const state = { made: 0, closed: false }
    async function* batches(): AsyncGenerator<Batch> {
      try {
        for (let i = 0; i < count; i++) {
          state.made++
          yield { ...randomImages(i % 3 === 0 ? 40 : 1, i), labels: Int32Array.of(i) }
        }
      } finally {
        state.closed = true
      }
    }
    return { state, batches: batches() }
  }

  test('results come in the order of the batches, with what the batches carry', async () => {
    const labels: number[] = []
    for await (const { batch, outputs } of runBatches(model, source(12).batches, { outputs: ['embedding'] })) {
      labels.push(batch.labels[0]!)
      expect(outputs).toEqual(await model.run(batch, { outputs: ['embedding'] }))
    }
    expect(labels).toEqual(Array.from({ length: 12 }, (_, i) => i))
  })

  test('no batches, and fewer than are read ahead', async () => {
    for (const count of [0, 1, 3]) {
      const results = await collect(runBatches(model, source(count).batches, { readAhead: 8 }))
      expect(results).toHaveLength(count)
    }
  })

  test('reads ahead as far as it is told and no further, and closes the source when the consumer stops', async () => {
    const { state, batches } = source(100)
    for await (const { outputs } of runBatches(model, batches, { outputs: ['logits'], readAhead: 4 })) {
      expect(outputs.logits.columns).toBe(4)
      break
    }
    expect(state).toEqual({ made: 4, closed: true })
  })

  test('takes plain arrays', async () => {
    const results = await collect(runBatches(model, [randomImages(2), randomImages(3)]))
    expect(results.map(({ outputs }) => outputs.logits.rows)).toEqual([2, 3])
  })

  test('an error of the source and an error of the model come in their turn', async () => {
    const wrong = { ...randomImages(1), height: 9 }
    const seen: number[] = []
    const consume = async () => {
      for await (const { outputs } of runBatches(model, [randomImages(2), wrong, randomImages(3)])) {
        seen.push(outputs.logits.rows)
      }
    }
    await expect(consume()).rejects.toThrow(/images are 9 x 8/)
    expect(seen).toEqual([2])
    async function* broken(): AsyncGenerator<Images> {
      yield randomImages(1)
      throw new Error('the disk is gone')
    }
    await expect(collect(runBatches(model, broken()))).rejects.toThrow('the disk is gone')
  })

  test('readAhead must be positive', async () => {
    await expect(collect(runBatches(model, [], { readAhead: 0 }))).rejects.toThrow(/readAhead must be/)
  })
})
