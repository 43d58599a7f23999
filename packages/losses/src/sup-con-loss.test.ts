import { createRandom } from '@mode-ood/core'
import { relativeError, tolerance } from '@mode-ood/testing'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { describeBackends, numbers } from '@mode-ood/testing/tensorflow'
import { centralDifferences, supCon } from './brute-force.test.fixture.ts'
import { goldenFiles, loadGolden } from './golden.test.fixture.ts'
import { supConLoss, type SupConLossOptions } from './sup-con-loss.ts'

function lossAndGradient(embeddings: number[][][], labels: number[], options?: SupConLossOptions) {
  return numbers(() => {
    const classes = tf.tensor1d(labels, 'int32')
    const f = (x: tf.Tensor) => supConLoss(x as tf.Tensor3D, classes, options)
    const { value, grad } = tf.valueAndGrad(f)(tf.tensor3d(embeddings))
    return { loss: value, gradient: grad }
  })
}

function unitVectors(count: number, dimension: number): number[][] {
  const random = createRandom(count)
  return Array.from({ length: count }, () => {
    const row = Array.from({ length: dimension }, random.normal)
    const norm = Math.hypot(...row)
    return row.map((value) => value / norm)
  })
}

describeBackends('supConLoss', () => {
  test.each(goldenFiles('supcon_'))('golden %s', (file) => {
    const golden = loadGolden(file)
    const options = { temperature: golden.option('temperature'), baseTemperature: golden.option('base_temperature') }
    const { loss, gradient } = numbers(() => {
      const labels = golden.tensor<tf.Tensor1D>('labels')
      const f = (x: tf.Tensor) => supConLoss(x as tf.Tensor3D, labels, options)
      const { value, grad } = tf.valueAndGrad(f)(golden.tensor('embeddings'))
      return { loss: value, gradient: grad }
    })
    expect(relativeError(loss, golden.values('loss'))).toBeLessThan(tolerance.float32)
    expect(relativeError(gradient, golden.values('grad'))).toBeLessThan(tolerance.float32)
  })

  test.each([1, 2, 3])('brute force and central differences, %i views an image', (views) => {
    const labels = [4, -1, 4, 9, 4]
    const rows = unitVectors(labels.length * views, 6)
    const repeated = labels.flatMap((label) => Array<number>(views).fill(label))
    const f = (z: readonly (readonly number[])[]) => supCon(z, repeated, 0.2, 0.1)
    const images = labels.map((_, i) => rows.slice(i * views, (i + 1) * views))
    const { loss, gradient } = lossAndGradient(images, labels, { temperature: 0.2, baseTemperature: 0.1 })
    expect(relativeError(loss, [f(rows)])).toBeLessThan(tolerance.float32)
    expect(relativeError(gradient, centralDifferences(f, rows))).toBeLessThan(tolerance.float32)
  })

  test('the order of images does not matter', () => {
    const rows = unitVectors(8, 5)
    const images = [0, 1, 2, 3].map((i) => rows.slice(2 * i, 2 * i + 2))
    const { loss } = lossAndGradient(images, [0, 1, 1, 0])
    const moved = lossAndGradient(
      [3, 0, 2, 1].map((i) => images[i]!),
      [0, 0, 1, 1],
    )
    expect(relativeError(moved.loss, loss)).toBeLessThan(tolerance.float32)
  })

  test('one image: its views have nothing to be told from, so the loss is 0', () => {
    const { loss, gradient } = lossAndGradient([unitVectors(2, 4)], [3])
    expect(loss[0]).toBeCloseTo(0, 6)
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-6)
  })

  test('a single vector, and anchors that are all without positives: exactly 0', () => {
    const [a, b] = unitVectors(2, 4) as [number[], number[]]
    for (const result of [lossAndGradient([[a]], [0]), lossAndGradient([[a], [b]], [0, 1])]) {
      expect([...result.loss, ...result.gradient].every((value) => value === 0)).toBe(true)
    }
  })

  test('one class: each vector against all others', () => {
    const rows = unitVectors(6, 4)
    const { loss } = lossAndGradient([rows.slice(0, 2), rows.slice(2, 4), rows.slice(4)], [7, 7, 7])
    expect(relativeError(loss, [supCon(rows, [7, 7, 7, 7, 7, 7], 0.1, 0.07)])).toBeLessThan(tolerance.float32)
  })

  test('vectors all equal: log(N - 1) scaled, no gradient along the sphere', () => {
    const { loss } = lossAndGradient(
      Array.from({ length: 3 }, () => [
        [1, 0],
        [1, 0],
      ]),
      [0, 1, 2],
    )
    expect(loss[0]).toBeCloseTo((0.1 / 0.07) * Math.log(5), 5)
  })

  test('vectors far from unit length, where exponentials alone would overflow', () => {
    const rows = unitVectors(4, 3).map((row) => row.map((value) => value * 60))
    const { loss, gradient } = lossAndGradient([rows.slice(0, 2), rows.slice(2)], [0, 1])
    expect(relativeError(loss, [supCon(rows, [0, 0, 1, 1], 0.1, 0.07)])).toBeLessThan(tolerance.float32)
    expect(gradient.every(Number.isFinite)).toBe(true)
  })

  test('is scaled by what follows it', () => {
    const { double } = numbers(() => {
      const labels = tf.tensor1d([0, 1], 'int32')
      const x = tf.randomNormal<tf.Rank.R3>([2, 2, 3], 0, 1, 'float32', 1)
      const f = (z: tf.Tensor) => supConLoss(z as tf.Tensor3D, labels)
      const once = tf.grad(f)(x)
      return { double: tf.sub(tf.grad(f)(x, tf.scalar(2)), tf.mul(once, 2)) }
    })
    expect(Math.max(...double.map(Math.abs))).toBe(0)
  })

  test('bad input is named', () => {
    tf.tidy(() => {
      const embeddings = tf.zeros<tf.Rank.R3>([2, 2, 3])
      const labels = tf.tensor1d([0, 1], 'int32')
      expect(() => supConLoss(tf.zeros([4, 3]) as never, labels)).toThrow(
        'embeddings are [4, 3], expected [images, views, dimension], none of them 0',
      )
      expect(() => supConLoss(tf.zeros([0, 2, 3]), tf.tensor1d([], 'int32'))).toThrow('[0, 2, 3]')
      expect(() => supConLoss(embeddings, tf.tensor1d([0, 1, 1, 0], 'int32'))).toThrow(
        'labels are int32 [4], expected int32 [2]',
      )
      expect(() => supConLoss(embeddings, tf.tensor1d([0, 1]))).toThrow('labels are float32 [2]')
      expect(() => supConLoss(embeddings, labels, { temperature: 0 })).toThrow('"temperature" is 0')
      expect(() => supConLoss(embeddings, labels, { baseTemperature: Number.NaN })).toThrow('"baseTemperature" is NaN')
    })
  })
})
