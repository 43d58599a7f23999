import { createMatrix, createRandom } from '@mode-ood/core'
import { relativeError } from '@mode-ood/testing'
import { EigenvalueDecomposition, Matrix, pseudoInverse } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { createScatter } from '../statistics/scatter.ts'
import { choleskyOfCovariance } from './cholesky.ts'
import { minimumNormSolution } from './minimum-norm-solution.ts'
import { solveLower } from './solve-lower.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

const random = createRandom('linear algebra')
const normals = (length: number) => Float64Array.from({ length }, () => random.normal())

/** A symmetric matrix of rank `rank`. */
function symmetric(size: number, rank: number): Float64Array {
  const scatter = createScatter(size)
  for (let i = 0; i < rank; i++) scatter.add(normals(size))
  return scatter.sum()
}

const at = (matrix: Float64Array, size: number, i: number, j: number) => matrix[i * size + j]!

describe('symmetricEigen', () => {
  const blocks = (size: number) => Float64Array.from({ length: size * size }, (_, k) => +(k % (size + 1) === 0))
  test.each([
    ['one', 1, Float64Array.of(7)],
    ['two', 2, Float64Array.of(2, 1, 1, 2)],
    ['a zero matrix', 5, new Float64Array(25)],
    ['the identity', 6, blocks(6)],
    ['a diagonal', 4, Float64Array.from({ length: 16 }, (_, k) => (k % 5 === 0 ? 4 - k / 5 : 0))],
    ['two blocks', 4, Float64Array.of(1, 2, 0, 0, 2, 1, 0, 0, 0, 0, 3, 4, 0, 0, 4, 3)],
    ['a regular one', 31, symmetric(31, 60)],
    ['a singular one', 30, symmetric(30, 11)],
    ['rank one', 9, symmetric(9, 1)],
    ['an indefinite one', 12, symmetric(12, 20).map((value, k) => value - (k % 13 === 0 ? 15 : 0))],
    ['a tiny one', 8, symmetric(8, 20).map((value) => value * 1e-200)],
    ['a graded one', 10, symmetric(10, 30).map((value, k) => value * 10 ** -((k % 10) + Math.floor(k / 10)))],
  ])('%s: A v = λ v, orthonormal, ascending, as ml-matrix finds', (_, size, matrix) => {
    const { values, vectors } = symmetricEigen(matrix, size)
    const scale = Math.max(...matrix.map(Math.abs), Number.MIN_VALUE)
    const scaled = Matrix.from1DArray(
      size,
      size,
      matrix.map((value) => value / scale),
    )
    const reference = new EigenvalueDecomposition(scaled, { assumeSymmetric: true }).realEigenvalues
    reference.sort((a, b) => a - b)
    let worst = 0
    for (let v = 0; v < size; v++) {
      worst = Math.max(worst, Math.abs(values[v]! / scale - reference[v]!))
      for (let i = 0; i < size; i++) {
        let product = 0
        let overlap = 0
        for (let j = 0; j < size; j++) {
          product += (at(matrix, size, i, j) / scale) * at(vectors, size, v, j)
          overlap += at(vectors, size, i, j) * at(vectors, size, v, j)
        }
        worst = Math.max(worst, Math.abs(product - (values[v]! / scale) * at(vectors, size, v, i)))
        worst = Math.max(worst, Math.abs(overlap - +(i === v)))
      }
    }
    expect(worst).toBeLessThan(3e-14 * size)
  })

  test('the smallest alone are those of all', () => {
    const matrix = symmetric(20, 40)
    const all = symmetricEigen(matrix, 20)
    const few = symmetricEigen(matrix, 20, 6)
    expect(few.values).toEqual(all.values.slice(0, 6))
    expect(few.vectors).toEqual(all.vectors.slice(0, 120))
  })
})

describe('minimumNormSolution', () => {
  const headOf = (classes: number, dimension: number, change: (w: Float32Array) => void = () => {}) => {
    const weight = createMatrix(classes, dimension, Float32Array.from(normals(classes * dimension)))
    change(weight.data)
    return { weight, bias: Float32Array.from(normals(classes)) }
  }
  const copyFirst = (w: Float32Array, length: number) => w.copyWithin(length, 0, length)
  test.each([
    ['fewer classes than dimensions', headOf(5, 24)],
    ['more classes than dimensions', headOf(30, 7)],
    ['one class', headOf(1, 4)],
    ['square', headOf(6, 6)],
    ['two classes alike', headOf(5, 12, (w) => copyFirst(w, 12))],
    ['a dead unit, more classes than dimensions', headOf(9, 4, (w) => w.forEach((_, k) => (w[k]! *= +(k % 4 > 0))))],
    ['all weights 0', headOf(3, 5, (w) => w.fill(0))],
  ])('%s: the pseudo-inverse of ml-matrix (SVD) times b', (_, head) => {
    const { weight, bias } = head
    const inverse = pseudoInverse(Matrix.from1DArray(weight.rows, weight.columns, weight.data), 1e-6)
    const expected = inverse.mmul(Matrix.columnVector(Array.from(bias))).to1DArray()
    expect(relativeError(minimumNormSolution(head), expected)).toBeLessThan(1e-12)
  })
})

describe('choleskyOfCovariance and solveLower', () => {
  test('|y|² is xᵀ Σ⁻¹ x', async () => {
    const size = 13
    const covariance = symmetric(size, 40)
    const { factor, shrinkage } = await choleskyOfCovariance('test', covariance, size)
    expect(shrinkage).toBe(0)
    const x = normals(5 * size)
    const y = x.slice()
    solveLower(factor, size, y)
    const inverse = pseudoInverse(Matrix.from1DArray(size, size, covariance))
    for (let row = 0; row < 5; row++) {
      const one = Matrix.rowVector(Array.from(x.subarray(row * size, (row + 1) * size)))
      const expected = one.mmul(inverse).mmul(one.transpose()).get(0, 0)
      const found = y.subarray(row * size, (row + 1) * size).reduce((sum, value) => sum + value * value, 0)
      expect(found).toBeCloseTo(expected, 10)
    }
  })

  test.each([
    ['of low rank', symmetric(10, 4)],
    ['with a tiny direction', symmetric(10, 9).map((value, k) => value + (k % 11 === 0 ? 1e-14 : 0))],
  ])('a covariance %s is shrunk', async (_, covariance) => {
    expect((await choleskyOfCovariance('test', covariance, 10)).shrinkage).toBe(0.001)
  })
})
