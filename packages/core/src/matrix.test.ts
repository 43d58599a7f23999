import { describe, expect, test } from 'vitest'
import { createMatrix, InvalidInputError, matrixRow, negate, normalizeRows } from './index.ts'

describe('createMatrix', () => {
  test('refuses data of another length', () => {
    expect(() => createMatrix(2, 3, new Float32Array(5))).toThrow(InvalidInputError)
  })

  test('rows are views on the data', () => {
    const matrix = createMatrix(2, 2)
    matrixRow(matrix, 1)[0] = 7
    expect([...matrix.data]).toEqual([0, 0, 7, 0])
  })
})

describe('normalizeRows', () => {
  test('divides by the norm plus 1e-10 and leaves its input alone', () => {
    const matrix = createMatrix(2, 2, Float32Array.of(3, 4, 0, 0))
    expect([...normalizeRows(matrix).data]).toEqual([Math.fround(0.6), Math.fround(0.8), 0, 0])
    expect([...matrix.data]).toEqual([3, 4, 0, 0])
  })

  test('the small number is added to the norm, not to the values', () => {
    const tiny = normalizeRows(createMatrix(1, 1, Float32Array.of(1e-10)))
    expect(tiny.data[0]).toBeCloseTo(0.5, 6)
  })

  test('does not overflow where float32 would', () => {
    expect(normalizeRows(createMatrix(1, 2, Float32Array.of(3e30, 4e30))).data[1]).toBeCloseTo(0.8, 6)
  })
})

describe('negate', () => {
  test('gives new float64 numbers and no negative zero', () => {
    expect(Object.is(negate([0])[0], 0)).toBe(true)
    expect([...negate(Float32Array.of(1, -2))]).toEqual([-1, 2])
  })
})
