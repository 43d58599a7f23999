import { relativeError, tolerance } from '@mode-ood/testing'
import { describeBackends, numbers } from '@mode-ood/testing/tensorflow'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { centralDifferences, type Rows } from './brute-force.test.fixture.ts'
import { contrastLogits } from './contrast-logits.ts'

/** The definition, anchor by anchor. */
function contrast(logits: Rows, labels: readonly number[]): number {
  const terms = logits.map((row, i) => {
    const others = row.map((_, a) => a).filter((a) => a !== i)
    const positives = others.filter((p) => labels[p] === labels[i])
    const logNormalizer = Math.log(others.reduce((sum, a) => sum + Math.exp(row[a]!), 0))
    return positives.reduce((sum, p) => sum - (row[p]! - logNormalizer) / positives.length, 0)
  })
  return terms.reduce((sum, term) => sum + term, 0) / terms.length
}

describeBackends('contrastLogits', () => {
  test('is its definition, of logits that need not be symmetric, with an anchor without positives', () => {
    const labels = [3, 1, 3, 2, 1]
    const logits = labels.map((_, i) => labels.map((__, j) => Math.sin(7 * i + 3 * j) * 4))
    const { loss, gradient } = numbers(() => contrastLogits(tf.tensor2d(logits), tf.tensor1d(labels, 'int32')))
    const f = (rows: Rows) => contrast(rows, labels)
    expect(relativeError(loss, [f(logits)])).toBeLessThan(tolerance.float32)
    expect(relativeError(gradient, centralDifferences(f, logits))).toBeLessThan(tolerance.float32)
  })

  test('bad input is named', () => {
    tf.tidy(() => {
      const labels = tf.tensor1d([0, 1], 'int32')
      expect(() => contrastLogits(tf.zeros([2, 3]), labels)).toThrow('logits are [2, 3], expected a square matrix')
      expect(() => contrastLogits(tf.zeros([3, 3]), labels)).toThrow('labels are int32 [2], expected int32 [3]')
    })
  })
})
