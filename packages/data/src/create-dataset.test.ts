import { setImmediate as turn } from 'node:timers/promises'
import { InvalidInputError, InvalidOptionError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { createDataset } from './create-dataset.ts'
import type { BatchOptions, Dataset } from './dataset.ts'

/** Ten images of one pixel, image i of value i; counts the batches that were begun and the readers left open. */
function createCounter(failAt = Infinity): { dataset: Dataset; state: { begun: number; open: number } } {
  const state = { begun: 0, open: 0 }
  const dataset = createDataset({
    name: 'ten',
    count: 10,
    height: 1,
    width: 1,
    classes: null,
    labelled: false,
    describe: String,
    contentHash: async () => '',
    async *read(positions, { batchSize }) {
      state.open++
      try {
        for (let start = 0; start < positions.length; start += batchSize) {
          state.begun++
          await turn()
          const indices = positions.slice(start, start + batchSize)
          if (indices.includes(failAt)) throw new Error(`image ${failAt}`)
          const data = Uint8Array.from(indices, (index) => index)
          yield { count: indices.length, height: 1, width: 1, data, labels: null, indices }
        }
      } finally {
        state.open--
      }
    },
  })
  return { dataset, state }
}

async function read(dataset: Dataset, options: BatchOptions): Promise<number[][]> {
  const batches: number[][] = []
  for await (const { data } of dataset.batches(options)) batches.push([...data])
  return batches
}

test('batches are full but the last, of all images or of those asked for', async () => {
  const { dataset } = createCounter()
  expect(await read(dataset, { batchSize: 4 })).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ])
  expect(await read(dataset, { batchSize: 100 })).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]])
  expect(await read(dataset, { batchSize: 2, limit: 3 })).toEqual([[0, 1], [2]])
  expect(await read(dataset, { batchSize: 2, indices: [9, 9, 0], limit: 20 })).toEqual([[9, 9], [0]])
  expect(await read(dataset, { batchSize: 2, indices: [9, 4, 0], limit: 1 })).toEqual([[9]])
  expect(await read(dataset, { batchSize: 2, indices: [] })).toEqual([])
})

test('the next batch is begun before the current one is handed out', async () => {
  const { dataset, state } = createCounter()
  const batches = dataset.batches({ batchSize: 2 })[Symbol.asyncIterator]()
  await batches.next()
  expect(state.begun).toBe(2)
  await turn()
  await turn()
  expect(state.begun).toBe(2)
  await batches.return?.()
})

test('leaving early closes the reader', async () => {
  const { dataset, state } = createCounter()
  for await (const { data } of dataset.batches({ batchSize: 2 })) if (data[0] === 2) break
  expect(state.open).toBe(0)
  expect(state.begun).toBeLessThan(5)
})

test('an error comes where its batch would have come, and closes the reader', async () => {
  const { dataset, state } = createCounter(5)
  const seen: number[] = []
  await expect(async () => {
    for await (const { data } of dataset.batches({ batchSize: 2 })) {
      seen.push(...data)
      // Time for the next batch to fail while nobody waits for it.
      await turn()
      await turn()
    }
  }).rejects.toThrow('image 5')
  expect(seen).toEqual([0, 1, 2, 3])
  expect(state.open).toBe(0)
})

test('a signal stops it', async () => {
  const { dataset, state } = createCounter()
  const controller = new AbortController()
  const reason = new Error('stopped by the user')
  await expect(async () => {
    for await (const { data } of dataset.batches({ batchSize: 2, signal: controller.signal })) {
      if (data[0] === 2) controller.abort(reason)
    }
  }).rejects.toBe(reason)
  expect(state.open).toBe(0)
  await expect(read(dataset, { batchSize: 2, signal: controller.signal })).rejects.toBe(reason)
})

describe('what is asked for must exist', () => {
  const { dataset } = createCounter()
  test.each([0, -1, 1.5, Number.NaN])('batch size %s', async (batchSize) => {
    await expect(read(dataset, { batchSize })).rejects.toThrow(InvalidOptionError)
  })
  test.each([0, -1, 1.5])('limit %s', async (limit) => {
    await expect(read(dataset, { batchSize: 1, limit })).rejects.toThrow(InvalidOptionError)
  })
  test.each([10, -1, 0.5, Number.NaN])('image %s', async (index) => {
    await expect(read(dataset, { batchSize: 1, indices: [0, index] })).rejects.toThrow(InvalidInputError)
    expect(() => dataset.describe(index)).toThrow(`dataset "ten" has images 0 to 9, not ${index}`)
  })
})
