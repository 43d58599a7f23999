import { createRandom } from '@mode-ood/core'
import { relativeError, tolerance } from '@mode-ood/testing'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { describeBackends, numbers } from '@mode-ood/testing/tensorflow'
import { centralDifferences, crossEntropy, dispersion, movedPrototypes, type Rows } from './brute-force.test.fixture.ts'
import { ciderLoss, type CiderLossOptions } from './cider-loss.ts'
import { goldenFiles, loadGolden } from './golden.test.fixture.ts'

function lossAndGradient(
  embeddings: tf.Tensor2D,
  labels: tf.Tensor1D,
  prototypes: tf.Tensor2D,
  options?: CiderLossOptions,
) {
  const { loss, parts, prototypes: moved } = ciderLoss(embeddings, labels, prototypes, options)
  const gradientOf = (choose: (result: ReturnType<typeof ciderLoss>) => tf.Scalar) =>
    tf.grad((z) => choose(ciderLoss(z as tf.Tensor2D, labels, prototypes, options)))(embeddings)
  const gradient = gradientOf((result) => result.loss)
  const ofDispersion = gradientOf((result) => result.parts.dispersion)
  return { loss, ...parts, moved, gradient, 'gradient.dispersion': ofDispersion }
}

function unitRows(seed: string, count: number, dimension: number): number[][] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => {
    const row = Array.from({ length: dimension }, random.normal)
    const norm = Math.hypot(...row)
    return row.map((value) => value / norm)
  })
}

describeBackends('ciderLoss', () => {
  test.each(goldenFiles('cider_'))("PyTorch's numbers, %s", (file) => {
    const golden = loadGolden(file)
    const options = {
      temperature: golden.option('temperature'),
      compactness: golden.option('weight'),
      prototypeMomentum: golden.option('momentum'),
    }
    const result = numbers(() =>
      lossAndGradient(golden.tensor('embeddings'), golden.tensor('labels'), golden.tensor('prototypes'), options),
    )
    for (const [name, values] of Object.entries(result)) {
      expect(relativeError(values, golden.values(name)), name).toBeLessThan(tolerance.float32)
    }
  })

  test('brute force and central differences', () => {
    const labels = [3, 1, 1, 3, 1, 0, 1]
    const [z, prototypes] = [unitRows('z', labels.length, 4), unitRows('prototypes', 5, 4)]
    const moved = movedPrototypes(prototypes, z, labels, 0.7)
    const loss = (rows: Rows) => {
      const logits = rows.map((row) => moved.map((p) => p.reduce((sum, v, k) => sum + v * row[k]!, 0) / 0.2))
      return 3 * crossEntropy(logits, labels, 0) + dispersion(movedPrototypes(prototypes, rows, labels, 0.7), 0.2)
    }
    const result = numbers(() => {
      const options = { temperature: 0.2, compactness: 3, prototypeMomentum: 0.7 }
      return lossAndGradient(tf.tensor2d(z), tf.tensor1d(labels, 'int32'), tf.tensor2d(prototypes), options)
    })
    expect(relativeError(result.loss, [loss(z)])).toBeLessThan(tolerance.float32)
    expect(relativeError(result.moved, moved.flat())).toBeLessThan(tolerance.float32)
    expect(relativeError(result.gradient, centralDifferences(loss, z))).toBeLessThan(tolerance.float32)
  })

  test('prototypes follow batch order within a class, and a class without items keeps its own', () => {
    const { moved } = numbers(() => {
      const [z, prototypes] = [unitRows('z', 3, 2), unitRows('prototypes', 3, 2)]
      const { prototypes: forward } = ciderLoss(
        tf.tensor2d(z),
        tf.tensor1d([0, 0, 2], 'int32'),
        tf.tensor2d(prototypes),
      )
      const { prototypes: backward } = ciderLoss(
        tf.tensor2d(z.toReversed()),
        tf.tensor1d([2, 0, 0], 'int32'),
        tf.tensor2d(prototypes),
      )
      return { moved: tf.sub(forward, backward) }
    })
    const rows = [moved.subarray(0, 2), moved.subarray(2, 4), moved.subarray(4, 6)]
    expect(Math.hypot(...rows[0]!)).toBeGreaterThan(0.1)
    expect([...rows[1]!, ...rows[2]!]).toEqual([0, 0, 0, 0])
  })

  test('an average of prototypes, shorter than 1, counts as its direction', () => {
    const { difference } = numbers(() => {
      const prototypes = tf.tensor2d(unitRows('prototypes', 3, 4))
      const step = (given: tf.Tensor2D) => ciderLoss(tf.tensor2d(unitRows('z', 1, 4)), tf.tensor1d([1], 'int32'), given)
      return { difference: tf.sub(step(tf.mul(prototypes, 0.3)).prototypes, step(prototypes).prototypes) }
    })
    expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-6)
  })

  test('one class: nothing disperses, nothing is told apart, and all is 0', () => {
    const { moved, ...rest } = numbers(() =>
      lossAndGradient(tf.tensor2d([[0, 1]]), tf.tensor1d([0], 'int32'), tf.tensor2d([[1, 0]])),
    )
    expect(Object.values(rest).every((values) => values.every((value) => value === 0))).toBe(true)
    expect(relativeError(moved, [Math.SQRT1_2, Math.SQRT1_2])).toBeLessThan(tolerance.float32)
  })

  test('a vector opposite to its prototype and prototypes of zero: no NaN', () => {
    const { loss, moved, gradient } = numbers(() =>
      lossAndGradient(
        tf.tensor2d([[-1, 0]]),
        tf.tensor1d([0], 'int32'),
        tf.tensor2d([
          [1, 0],
          [0, 0],
        ]),
      ),
    )
    expect([...moved]).toEqual([0, 0, 0, 0])
    expect(loss[0]).toBeCloseTo(2 * Math.log(2), 6)
    expect(gradient.every(Number.isFinite)).toBe(true)
  })

  test('bad input is named', () => {
    tf.tidy(() => {
      const [z, labels, prototypes] = [tf.zeros<tf.Rank.R2>([2, 3]), tf.tensor1d([0, 5], 'int32'), tf.zeros([5, 3])]
      const run = (options?: CiderLossOptions) => ciderLoss(z, labels, prototypes as tf.Tensor2D, options)
      expect(() => run()).toThrow('label 5 of item 1 is none of the 5 classes 0 to 4')
      expect(() => ciderLoss(z, labels, tf.zeros([6, 4]))).toThrow('prototypes are [6, 4], but the embeddings have 3')
      expect(() => run({ prototypeMomentum: 1 })).toThrow('"momentum" is 1')
      expect(() => ciderLoss(z, tf.tensor1d([0, 1], 'int32'), tf.zeros([5, 3]), { temperature: -1 })).toThrow(
        '"temperature" is -1',
      )
      expect(() => run({ compactness: 0 })).toThrow('"compactness" is 0')
    })
  })
})
