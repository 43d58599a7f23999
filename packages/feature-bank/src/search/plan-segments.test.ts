import { expect, test } from 'vitest'
import { planSegments, type Stretch } from './plan-segments.ts'

const of = (...rows: number[]): Stretch[] => {
  let from = 0
  return rows.map((count) => {
    from += count
    return { from: from - count, rows: count }
  })
}

test.each<[string, number[], number, number, Stretch[]]>([
  ['few vectors are compared as they are', [], 1023, 0, []],
  ['the first segment', [], 5000, 0, of(5000)],
  ['a few more', [5000], 6000, 1, []],
  ['half as many again: all anew', [5000], 7500, 0, of(7500)],
  ['a twentieth', [100_000], 105_000, 1, []],
  ['a tenth', [100_000], 110_000, 1, [{ from: 100_000, rows: 10_000 }]],
  ['a tenth once more', [100_000, 10_000], 121_000, 2, [{ from: 110_000, rows: 11_000 }]],
  ['too many segments', new Array<number>(16).fill(100_000), 1_700_000, 0, of(850_000, 850_000)],
])('%s', (_, rows, size, kept, build) => {
  expect(planSegments(of(...rows), size, 64, 2)).toEqual({ kept, build })
})

test('large banks are cut for threads, and so that no segment holds more than 512 MiB', () => {
  expect(planSegments([], 300_000, 512, 4).build).toEqual(of(75_000, 75_000, 75_000, 75_000))
  expect(planSegments([], 300_000, 512, 1).build).toEqual(of(300_000))
  expect(planSegments([], 2_000_000, 1024, 1).build).toEqual(of(500_000, 500_000, 500_000, 500_000))
})
