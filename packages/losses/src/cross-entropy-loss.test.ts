import { relativeError, tolerance } from '@mode-ood/testing'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { describeBackends, numbers } from '@mode-ood/testing/tensorflow'
import { centralDifferences, crossEntropy, type Rows } from './brute-force.test.fixture.ts'
import { crossEntropyLoss } from './cross-entropy-loss.ts'
import { loadGolden } from './golden.test.fixture.ts'

function lossAndGradient(logits: tf.Tensor2D, labels: tf.Tensor1D, labelSmoothing?: number) {
  const options = labelSmoothing === undefined ? {} : { labelSmoothing }
  const { value, grad } = tf.valueAndGrad((x) => crossEntropyLoss(x as tf.Tensor2D, labels, options))(logits)
  return { loss: value, gradient: grad }
}

describeBackends('crossEntropyLoss', () => {
  test.each(['0.0', '0.1'])("PyTorch's numbers, label smoothing %s", (smoothing) => {
    const golden = loadGolden('cross_entropy.safetensors')
    const { loss, gradient } = numbers(() =>
      lossAndGradient(golden.tensor('logits'), golden.tensor('labels'), Number(smoothing)),
    )
    expect(relativeError(loss, golden.values(`loss@${smoothing}`))).toBeLessThan(tolerance.float32)
    expect(relativeError(gradient, golden.values(`gradient@${smoothing}`))).toBeLessThan(tolerance.float32)
  })

  test('brute force and central differences', () => {
    const rows: Rows = [
      [1, -2, 0.5],
      [3, 3, 3],
      [-40, 0, 40],
    ]
    const labels = [2, 0, 1]
    const f = (x: Rows) => crossEntropy(x, labels, 0.3)
    const { loss, gradient } = numbers(() =>
      lossAndGradient(tf.tensor2d(rows.map((row) => [...row])), tf.tensor1d(labels, 'int32'), 0.3),
    )
    expect(relativeError(loss, [f(rows)])).toBeLessThan(tolerance.float32)
    expect(relativeError(gradient, centralDifferences(f, rows))).toBeLessThan(tolerance.float32)
  })

  test('one class: nothing to learn', () => {
    const { loss, gradient } = numbers(() => lossAndGradient(tf.tensor2d([[5], [-3]]), tf.tensor1d([0, 0], 'int32')))
    expect([...loss, ...gradient].every((value) => value === 0)).toBe(true)
  })

  test('logits whose exponentials overflow', () => {
    const { loss, gradient } = numbers(() => lossAndGradient(tf.tensor2d([[3e4, -3e4]]), tf.tensor1d([1], 'int32')))
    expect([...loss, ...gradient]).toEqual([6e4, 1, -1])
  })

  test('bad input is named', () => {
    tf.tidy(() => {
      const logits = tf.zeros<tf.Rank.R2>([2, 3])
      const labels = (...values: number[]) => tf.tensor1d(values, 'int32')
      expect(() => crossEntropyLoss(logits, labels(0, 3))).toThrow('label 3 of item 1 is none of the 3 classes 0 to 2')
      expect(() => crossEntropyLoss(logits, labels(-1, 0))).toThrow('label -1 of item 0')
      expect(() => crossEntropyLoss(logits, labels(0))).toThrow('labels are int32 [1], expected int32 [2]')
      expect(() => crossEntropyLoss(tf.zeros([0, 3]), labels())).toThrow('expected [items, classes], none of them 0')
      expect(() => crossEntropyLoss(logits, labels(0, 1), { labelSmoothing: 1 })).toThrow('"labelSmoothing" is 1')
    })
  })
})
