import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { mapInOrder } from './map-in-order.ts'

/** Lets the event loop go round so many times. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn()
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

test('keeps the order though later items finish first, and never exceeds the limit', async () => {
  let underWay = 0
  let most = 0
  const work = async (item: number): Promise<number> => {
    most = Math.max(most, ++underWay)
    await turns(10 - item)
    underWay--
    return item * 2
  }
  expect(await collect(mapInOrder([1, 2, 3, 4, 5, 6, 7, 8], () => 3, work))).toEqual([2, 4, 6, 8, 10, 12, 14, 16])
  expect(most).toBe(3)
})

async function failAtThree(item: number): Promise<number> {
  if (item === 3) throw new Error('three')
  await turns(2)
  return item
}

test('a failure comes in its turn, with the results before it', async () => {
  const seen: number[] = []
  await expect(async () => {
    for await (const item of mapInOrder([1, 2, 3, 4], () => 4, failAtThree)) seen.push(item)
  }).rejects.toThrow('three')
  expect(seen).toEqual([1, 2])
})

test('left early, it waits for what is under way and starts nothing more', async () => {
  let started = 0
  let finished = 0
  const work = async (item: number): Promise<number> => {
    started++
    await turns(1)
    finished++
    return item
  }
  for await (const item of mapInOrder(
    Array.from({ length: 100 }, (_, i) => i),
    () => 4,
    work,
  ))
    if (item === 2) break
  expect(finished).toBe(started)
  expect(started).toBeLessThan(10)
})

test('nothing gives nothing', async () => {
  expect(
    await collect(
      mapInOrder(
        [],
        () => 4,
        async (item) => item,
      ),
    ),
  ).toEqual([])
})
