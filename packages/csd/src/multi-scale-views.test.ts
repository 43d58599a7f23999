import { InvalidInputError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { multiScaleViews, viewWindows } from './index.ts'

describe('viewWindows', () => {
  test('quadrants of odd sizes overlap, the centre of 7 is [1, 6)', () => {
    const windows = viewWindows(7, 7)
    expect(windows[0]).toEqual({ top: 0, bottom: 4, left: 0, right: 4 })
    expect(windows[3]).toEqual({ top: 3, bottom: 7, left: 3, right: 7 })
    expect(windows[5]).toEqual({ top: 1, bottom: 6, left: 1, right: 6 })
  })

  test.each([
    [4, 1, 3],
    [7, 1, 6],
    [8, 2, 6],
  ])('the centre of %i is [%i, %i)', (size, from, to) => {
    expect(viewWindows(size, size)[5]).toEqual({ top: from, bottom: to, left: from, right: to })
  })

  test('a map of one position is its own every view', () => {
    for (const window of viewWindows(1, 1)) expect(window).toEqual({ top: 0, bottom: 1, left: 0, right: 1 })
  })
})

describe('multiScaleViews', () => {
  const map = (height: number, width: number, values: number[]) => ({
    count: 1,
    height,
    width,
    channels: values.length / height / width,
    data: Float32Array.from(values),
  })

  test('quadrants come row by row', () => {
    const views = multiScaleViews(map(2, 2, [1, 0, 0, 1, -1, 0, 0, -1]))
    expect([...views.data.slice(0, 8)]).toEqual([1, 0, 0, 1, -1, 0, 0, -1])
    expect([...views.data.slice(8)]).toEqual([0, 0, 0, 0])
  })

  test('a zero map gives zero vectors, not NaN', () => {
    expect(multiScaleViews(map(4, 4, new Array(32).fill(0))).data.every((value) => value === 0)).toBe(true)
  })

  test('no images give no views', () => {
    const views = multiScaleViews({ count: 0, height: 4, width: 4, channels: 3, data: new Float32Array() })
    expect([views.count, views.views, views.data.length]).toEqual([0, 6, 0])
  })

  test('refuses data that do not fit the shape', () => {
    expect(() => multiScaleViews({ ...map(2, 2, [1, 2, 3, 4]), count: 2 })).toThrow(InvalidInputError)
  })
})
