import { createRandom } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { sortWithOrder } from './sort-with-order.ts'

const random = createRandom('sort')
const inputs: Record<string, number[]> = {
  none: [],
  one: [-3],
  'both signs': Array.from({ length: 500 }, () => random.normal()),
  'positive only': Array.from({ length: 100 }, () => random.uniform()),
  'negative only': Array.from({ length: 100 }, () => -random.uniform()),
  ties: Array.from({ length: 300 }, () => random.integer(5) - 2),
  'all magnitudes': Array.from({ length: 500 }, () => random.normal() * 10 ** (random.integer(600) - 300)),
  extremes: [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, 0, 1 + Number.EPSILON, 1, -1],
}

describe.each(Object.entries(inputs))('%s', (_, input) => {
  const scores = Float64Array.from(input)
  const { values, order } = sortWithOrder(scores)

  test('sorts as a comparison does', () => {
    expect([...values]).toEqual([...input].sort((a, b) => a - b))
  })

  test('the order is a permutation that leads to the values', () => {
    expect([...order].sort((a, b) => a - b)).toEqual(input.map((_value, i) => i))
    expect([...order].map((index) => input[index])).toEqual([...values])
  })

  test('the input stays', () => {
    expect([...scores]).toEqual(input)
  })
})

test('-0 and 0 stand together', () => {
  expect([...sortWithOrder(Float64Array.of(0, -1, -0, 1, 0, -0)).values].map((x) => x + 0)).toEqual([-1, 0, 0, 0, 0, 1])
})
