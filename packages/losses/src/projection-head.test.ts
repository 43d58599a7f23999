import { relativeError, tolerance } from '@mode-ood/testing'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { applyProjectionHead } from './apply-projection-head.ts'
import { describeBackends, numbers } from '@mode-ood/testing/tensorflow'
import { createProjectionHead, type ProjectionHead } from './create-projection-head.ts'
import { loadGolden } from './golden.test.fixture.ts'

describeBackends('projection head', () => {
  test("PyTorch's numbers: output and all gradients", () => {
    const golden = loadGolden('projection_head.safetensors')
    const result = numbers(() => {
      const matrix = (name: string) => tf.transpose(golden.tensor<tf.Tensor2D>(name))
      const given: tf.Tensor[] = [
        golden.tensor('embeddings'),
        matrix('head.0.weight'),
        golden.tensor('head.0.bias'),
        matrix('head.2.weight'),
        golden.tensor('head.2.bias'),
      ]
      const project = (...[x, w1, b1, w2, b2]: tf.Tensor[]) =>
        applyProjectionHead(x as tf.Tensor2D, { w1, b1, w2, b2 } as ProjectionHead)
      const { value, grads } = tf.valueAndGrads(project)(given, golden.tensor('direction'))
      const [x, w1, b1, w2, b2] = grads as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
      return {
        output: value,
        'gradient.embeddings': x,
        'gradient.head.0.weight': tf.transpose(w1),
        'gradient.head.0.bias': b1,
        'gradient.head.2.weight': tf.transpose(w2),
        'gradient.head.2.bias': b2,
      }
    })
    for (const [name, values] of Object.entries(result)) {
      expect(relativeError(values, golden.values(name)), name).toBeLessThan(tolerance.float32)
    }
  })

  test('the same seed gives the same head, within ±1/sqrt(fan-in); nothing is left after disposal', () => {
    const before = tf.memory().numTensors
    const heads = [7, 7, 8].map((seed) => createProjectionHead({ channels: 64, dimension: 16, seed }))
    const [first, again, other] = heads.map(({ w1 }) => w1.dataSync())
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    const { w1, b1, w2, b2 } = heads[0]!
    expect([w1, b1, w2, b2].map(({ shape }) => shape)).toEqual([[64, 64], [64], [64, 16], [16]])
    for (const tensor of [w1, b1, w2, b2]) {
      const sizes = tensor.dataSync().map(Math.abs)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(1 / 8)
      expect(Math.max(...sizes)).toBeGreaterThan(0.1)
    }
    for (const head of heads) tf.dispose(head)
    expect(tf.memory().numTensors).toBe(before)
  })

  test('a vector that the layers map to zero stays zero, with finite gradients', () => {
    const { output, gradient } = numbers(() => {
      const w = tf.eye(3) as tf.Tensor2D
      const head = { w1: w, b1: tf.zeros([3]), w2: w, b2: tf.zeros([3]) } as ProjectionHead
      const project = (x: tf.Tensor) => applyProjectionHead(x as tf.Tensor2D, head)
      const { value, grad } = tf.valueAndGrad(project)(tf.tensor2d([[-1, -2, -3]]), tf.ones([1, 3]))
      return { output: value, gradient: grad }
    })
    expect([...output, ...gradient].every((value) => value === 0)).toBe(true)
  })

  test('views of an image keep their places, forwards and backwards', () => {
    const { output, gradient } = numbers(() => {
      const head = createProjectionHead({ channels: 4, dimension: 3 })
      const flat = tf.randomNormal<tf.Rank.R2>([6, 4], 0, 1, 'float32', 1)
      const dy = tf.randomNormal<tf.Rank.R2>([6, 3], 0, 1, 'float32', 2)
      const project = (x: tf.Tensor) => applyProjectionHead(x as tf.Tensor<tf.Rank.R2 | tf.Rank.R3>, head)
      const ofRows = tf.valueAndGrad(project)(flat, dy)
      const ofViews = tf.valueAndGrad(project)(tf.reshape(flat, [3, 2, 4]), tf.reshape(dy, [3, 2, 3]))
      tf.dispose(head)
      return {
        output: tf.sub(ofViews.value, tf.reshape(ofRows.value, [3, 2, 3])),
        gradient: tf.sub(ofViews.grad, tf.reshape(ofRows.grad, [3, 2, 4])),
      }
    })
    expect([...output, ...gradient].every((difference) => difference === 0)).toBe(true)
  })

  test('bad input is named', () => {
    expect(() => createProjectionHead({ channels: 0 })).toThrow('"channels" is 0')
    expect(() => createProjectionHead({ channels: 4, dimension: 2.5 })).toThrow('"dimension" is 2.5')
    tf.tidy(() => {
      const head = createProjectionHead({ channels: 4, dimension: 2 })
      expect(() => applyProjectionHead(tf.zeros<tf.Rank.R2>([1, 5]), head)).toThrow(
        'embeddings are [1, 5], the projection head takes [..., 4]',
      )
      tf.dispose(head)
    })
  })
})
