import { describe, expect, test } from 'vitest'
import { createMatrix, decodeState, encodeState } from './index.ts'

describe('encodeState', () => {
  test('round-trips nested plain data through JSON', () => {
    const state = {
      threshold: -0.5,
      none: null,
      missing: undefined,
      infinite: Number.NEGATIVE_INFINITY,
      names: ['a', { deep: [Float64Array.of(1, 2)] }],
      means: createMatrix(2, 2, Float32Array.of(1, 2, 3, 4)),
    }
    const { json, arrays, banks } = encodeState(state)
    expect([...arrays.keys()]).toEqual(['state.names.1.deep.0', 'state.means.data'])
    expect(decodeState({ json: JSON.parse(JSON.stringify(json)), arrays, banks })).toEqual(state)
  })

  test('keeps NaN and both infinities', () => {
    const { json, arrays, banks } = encodeState([Number.NaN, Infinity, -Infinity])
    expect(decodeState({ json: JSON.parse(JSON.stringify(json)), arrays, banks })).toEqual([
      Number.NaN,
      Infinity,
      -Infinity,
    ])
  })

  test.each([
    ['a function', { fit: { rule: () => 1 } }, 'state.fit.rule'],
    ['a Map', { table: new Map() }, 'state.table'],
    ['a class instance', [new Date(0)], 'state.0'],
    ['a bigint', { n: 1n }, 'state.n'],
  ])('refuses %s and says where it is', (_, state, place) => {
    expect(() => encodeState(state)).toThrow(place)
  })

  test('says which part a torn file lacks', () => {
    const { json, banks } = encodeState({ mean: Float32Array.of(1) })
    expect(() => decodeState({ json, arrays: new Map(), banks })).toThrow('state.mean')
  })
})
