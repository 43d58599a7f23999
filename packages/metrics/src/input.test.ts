import { InvalidInputError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import {
  aupr,
  auroc,
  aurocInterval,
  bootstrapInterval,
  detectionError,
  fprAtTpr,
  oscr,
  pairedDelong,
  prCurve,
  rocCurve,
} from './index.ts'

type Scores = readonly number[] | Float32Array | Float64Array

const metrics: Record<string, (id: Scores, ood: Scores) => unknown> = {
  auroc,
  'aupr, ID positive': (id, ood) => aupr(id, ood, { positive: 'id' }),
  'aupr, OOD positive': (id, ood) => aupr(id, ood, { positive: 'ood' }),
  'fprAtTpr, ID positive': (id, ood) => fprAtTpr(id, ood, { positive: 'id' }),
  'fprAtTpr, OOD positive': (id, ood) => fprAtTpr(id, ood, { positive: 'ood' }),
  'fprAtTpr, paper': (id, ood) => fprAtTpr(id, ood, { positive: 'id', rule: 'paper' }),
  detectionError: (id, ood) => detectionError(id, ood),
  oscr: (id, ood) => oscr(id, new Uint8Array(id.length).fill(1), ood),
  aurocInterval: (id, ood) => aurocInterval(id, ood),
  bootstrapInterval: (id, ood) => bootstrapInterval(id, ood, { samples: 5 }),
  pairedDelong: (id, ood) => pairedDelong({ id, ood }, { id, ood }),
  rocCurve: (id, ood) => rocCurve(id, ood),
  prCurve: (id, ood) => prCurve(id, ood, { positive: 'ood' }),
}

describe.each(Object.entries(metrics))('%s', (_, metric) => {
  test.each([Number.NaN, Infinity, -Infinity])('refuses %s, naming side and index', (bad) => {
    expect(() => metric([1, 2, bad], [0, 1])).toThrow(InvalidInputError)
    expect(() => metric([1, 2, bad], [0, 1])).toThrow(`ID score 2 is ${bad}`)
    expect(() => metric([1, 2], Float64Array.of(0, bad))).toThrow(`OOD score 1 is ${bad}`)
  })

  test('refuses an empty side', () => {
    expect(() => metric([], [1, 2])).toThrow(InvalidInputError)
    expect(() => metric([], [1, 2])).toThrow(/there are (no|0) ID scores/)
    expect(() => metric([1, 2], [])).toThrow(/there are (no|0) OOD scores/)
  })

  test('leaves its inputs as they are', () => {
    const id = Float64Array.of(3, 1, 2)
    const ood = Float64Array.of(2, -0, 1)
    metric(id, ood)
    expect([...id, ...ood]).toEqual([3, 1, 2, 2, -0, 1])
  })

  test('takes float32, float64 and plain arrays alike', () => {
    const id = [2.5, 0.25, 1, 7]
    const ood = [0.5, 0.25, 2]
    const expected = metric(id, ood)
    expect(metric(new Float64Array(id), new Float64Array(ood))).toEqual(expected)
    expect(metric(new Float32Array(id), new Float32Array(ood))).toEqual(expected)
    expect(metric(id, new Float32Array(ood))).toEqual(expected)
  })

  test('takes 0 and -0 for equal', () => {
    const expected = metric([0, 0, 1], [0, 0, -1])
    expect(metric([-0, 0, 1], [0, -0, -1])).toEqual(expected)
    expect(metric([0, -0, 1], [-0, -0, -1])).toEqual(expected)
  })
})

// A resample depends on the order by nature.
const orderless = Object.entries(metrics).filter(([name]) => name !== 'bootstrapInterval')

test.each(orderless)('%s does not depend on the order of images', (_, metric) => {
  expect(metric([2, 5, 1, 3, 2], [2, 1, 0, 2])).toEqual(metric([1, 2, 2, 3, 5], [0, 1, 2, 2]))
})
