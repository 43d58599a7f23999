import { expect, test } from 'vitest'
import { filterToChannelsFirst, filterToChannelsLast } from './filter-layout.ts'

test('[outputs, inputs, height, width] becomes [height, width, inputs, outputs], and back', () => {
  const shape = [2, 3, 1, 2]
  const name = (o: number, i: number, x: number) => 100 * o + 10 * i + x
  const torch: number[] = []
  for (const o of [0, 1]) for (const i of [0, 1, 2]) for (const x of [0, 1]) torch.push(name(o, i, x))
  const last: number[] = []
  for (const x of [0, 1]) for (const i of [0, 1, 2]) for (const o of [0, 1]) last.push(name(o, i, x))
  expect([...filterToChannelsLast(Float32Array.from(torch), shape)]).toEqual(last)
  expect([...filterToChannelsFirst(Float32Array.from(last), shape)]).toEqual(torch)
})
