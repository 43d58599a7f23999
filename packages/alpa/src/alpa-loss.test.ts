import { readdirSync, readFileSync } from 'node:fs'
import { createRandom } from '@mode-ood/core'
import { readSafetensors } from '@mode-ood/safetensors'
import { alpaByDefinition, alpaGradientsByDifferences, type AlpaProblem, relativeError } from '@mode-ood/testing'
import { describeBackends, numbers } from '@mode-ood/testing/tensorflow'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { alpaLoss, alpaSimilarity, createAlpaProjections, type AlpaLossOptions, type AlpaProjections } from './index.ts'

const fixtures = new URL('../fixtures/', import.meta.url)
const files = readdirSync(fixtures)
const aggregations = ['mean', 'sum', 'max', 'logsum'] as const
const matrixNames = ['query.w1', 'query.w2', 'key.w1', 'key.w2', 'value.w1', 'value.w2'] as const

const asProjections = ([q1, q2, k1, k2, v1, v2]: readonly tf.Tensor[]): AlpaProjections =>
  ({ query: { w1: q1, w2: q2 }, key: { w1: k1, w2: k2 }, value: { w1: v1, w2: v2 } }) as AlpaProjections

/** The loss and its seven gradients; fails when a tensor is left behind. */
function lossAndGradients(
  inputs: () => tf.Tensor[],
  labels: () => tf.Tensor1D,
  options?: AlpaLossOptions,
): { loss: Float32Array; gradients: Float32Array[] } {
  const results = numbers(() => {
    const f = (map: tf.Tensor, ...matrices: tf.Tensor[]) =>
      alpaLoss(map as tf.Tensor4D, labels(), asProjections(matrices), options)
    const { value, grads } = tf.valueAndGrads(f as never)(inputs())
    return { loss: value, ...Object.fromEntries(grads.map((gradient, i) => [`gradient ${i}`, gradient])) }
  }) as Record<string, Float32Array>
  const { loss, ...gradients } = results
  return { loss: loss!, gradients: Object.values(gradients) }
}

/** Leaning to positive numbers, so that no position's hidden activations are all zero. */
function randomProblem(images: number, positions: number, channels: number, dimension: number): AlpaProblem {
  const { normal } = createRandom(`${images} ${positions}`)
  const draw = (size: number, shift = 0) => Float64Array.from({ length: size }, () => normal() + shift)
  const map = draw(images * positions * channels, 1)
  const matrices = matrixNames.map((name) => [
    name,
    name.endsWith('w1') ? draw(channels ** 2, 0.5) : draw(channels * dimension),
  ])
  const tensors = { map, ...Object.fromEntries(matrices) }
  const extents = { images, positions, channels, dimension }
  return { ...extents, labels: [], inverseTemperature: 10, aggregation: 'mean', tensors }
}

/** A problem with positions laid out as a square: the map and the matrices. */
function tensorsOf({ images, positions, channels, dimension, tensors }: AlpaProblem): tf.Tensor[] {
  const side = Math.sqrt(positions)
  const float = (name: string, shape: number[]) => tf.tensor(Float32Array.from(tensors[name]!), shape)
  return [
    float('map', [images, side, side, channels]),
    ...matrixNames.map((name) => float(name, [channels, name.endsWith('w1') ? channels : dimension])),
  ]
}

describeBackends('alpa', () => {
  test.each(files)('golden %s: similarity, loss and the seven gradients', (file) => {
    const { tensors, metadata } = readSafetensors(readFileSync(new URL(file, fixtures)))
    const values = (name: string) => Array.from(tensors.get(name)!.data as Float64Array)
    const tensor = (name: string) => tf.tensor(values(name), [...tensors.get(name)!.shape], 'float32')
    const inputs = () => ['features_nhwc', ...matrixNames].map(tensor)
    const labels = () => tf.tensor1d(values('labels'), 'int32')
    for (const aggregation of aggregations) {
      const { found } = numbers(() => {
        const [map, ...matrices] = inputs()
        return { found: alpaSimilarity(map as tf.Tensor4D, asProjections(matrices), { aggregation }) }
      })
      const name = aggregation === 'mean' ? 'similarity' : `similarity.${aggregation}`
      expect(relativeError(found, values(name)), name).toBeLessThan(1e-5)
    }
    const options = { inverseTemperature: Number(metadata['inverse_temperature']) }
    const whole = lossAndGradients(inputs, labels, options)
    expect(relativeError(whole.loss, values('loss'))).toBeLessThan(1e-4)
    for (const [i, name] of ['grad_features_nhwc', ...matrixNames.map((matrix) => `grad.${matrix}`)].entries()) {
      expect(relativeError(whole.gradients[i]!, values(name)), name).toBeLessThan(1e-4)
    }
    // Image by image with nothing kept for the gradient; blocks with a rest, the first of them kept.
    for (const memory of [
      { workspaceMebibytes: 1e-6 },
      { imagesAtOnce: 3 },
      { imagesAtOnce: 1, workspaceMebibytes: 0.2 },
    ]) {
      const streamed = lossAndGradients(inputs, labels, { ...options, ...memory })
      for (const [i, gradient] of streamed.gradients.entries()) {
        expect(relativeError(gradient, whole.gradients[i]!)).toBeLessThan(1e-5)
      }
    }
  })

  test.each(aggregations)('%s: brute force, and central differences of all seven inputs', (aggregation) => {
    const labels = [0, 1, 0, 0, 1, 0]
    const problem = { ...randomProblem(6, 4, 5, 3), labels, aggregation, inverseTemperature: 0.5 }
    const { loss, gradients } = lossAndGradients(
      () => tensorsOf(problem),
      () => tf.tensor1d(labels.slice(0, 3), 'int32'),
      { aggregation, inverseTemperature: 0.5 },
    )
    expect(relativeError(loss, [alpaByDefinition(problem).loss])).toBeLessThan(1e-5)
    const expected = alpaGradientsByDifferences(problem)
    for (const [i, name] of ['map', ...matrixNames].entries()) {
      expect(relativeError(gradients[i]!, expected[name]!), name).toBeLessThan(1e-4)
    }
  })

  test('the similarity is differentiable by itself', () => {
    const problem: AlpaProblem = { ...randomProblem(3, 4, 5, 3), aggregation: 'logsum' }
    const weigh = (s: number[][]) => s.flat().reduce((sum, value, i) => sum + value * (i + 1), 0)
    const { gradient } = numbers(() => {
      const [map, ...matrices] = tensorsOf(problem)
      const f = (x: tf.Tensor) => alpaSimilarity(x as tf.Tensor4D, asProjections(matrices), { aggregation: 'logsum' })
      const weights = tf.tensor2d(
        Float32Array.from({ length: 9 }, (_, i) => i + 1),
        [3, 3],
      )
      return { gradient: tf.grad(f)(map!, weights) }
    })
    const expected = alpaGradientsByDifferences(problem, (moved) => weigh(alpaByDefinition(moved).similarity))
    expect(relativeError(gradient, expected['map']!)).toBeLessThan(1e-4)
  })

  test('a map averaged down to a grid is the loss of the averaged map', () => {
    const averaged = randomProblem(4, 4, 5, 3)
    // Every position of the averaged map as four positions about it that differ by what cancels.
    const [low, ...matrices] = [...tensorsOf(averaged)]
    const wiggle = tf.tensor4d([1, -1, -1, 1], [1, 2, 2, 1])
    const high = tf.add(tf.mul(upsample(low as tf.Tensor4D), 1), tf.tile(wiggle, [4, 2, 2, 5]))
    const labels = () => tf.tensor1d([0, 1], 'int32')
    const pooled = lossAndGradients(() => [tf.clone(high), ...matrices.map((m) => tf.clone(m))], labels, { grid: 2 })
    const direct = lossAndGradients(() => tensorsOf(averaged), labels)
    expect(relativeError(pooled.loss, direct.loss)).toBeLessThan(1e-5)
    const quarter = tf.tidy(() => tf.div(upsample(tf.tensor4d(direct.gradients[0]!, [4, 2, 2, 5])), 4).dataSync())
    expect(relativeError(pooled.gradients[0]!, quarter as Float32Array)).toBeLessThan(1e-4)
    tf.dispose([low, matrices, wiggle, high] as never)
  })

  test('windows of a grid that does not divide the map are PyTorch’s', () => {
    // 3 x 3 onto 2 x 2: rows 0..1 and 1..2, so the middle counts in every cell.
    const { gradient } = numbers(() => {
      const matrices = tensorsOf(randomProblem(2, 4, 1, 1)).slice(1)
      const f = (x: tf.Tensor) => alpaSimilarity(x as tf.Tensor4D, asProjections(matrices), { grid: 2 })
      const map = tf.tensor4d(
        Float32Array.from({ length: 18 }, (_, i) => i - 8),
        [2, 3, 3, 1],
      )
      const means = tf.tensor4d([-6, -5, -3, -2, 3, 4, 6, 7], [2, 2, 2, 1])
      return { gradient: tf.sub(f(map), f(means)) }
    })
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-6)
  })

  test('two views of one image: nothing to be told from, so loss and gradients are 0', () => {
    const problem = randomProblem(2, 4, 3, 2)
    const { loss, gradients } = lossAndGradients(
      () => tensorsOf(problem),
      () => tf.tensor1d([5], 'int32'),
    )
    expect(loss[0]).toBeCloseTo(0, 6)
    expect(Math.max(...gradients.flatMap((gradient) => [...gradient].map(Math.abs)))).toBeLessThan(1e-6)
  })

  test('zero value vectors, one or all of an image, give finite numbers', () => {
    const problem = randomProblem(4, 4, 3, 2)
    const row = problem.channels
    // One position of image 0, then all of image 2.
    for (const [start, end] of [
      [row, 2 * row],
      [2 * 4 * row, 3 * 4 * row],
    ]) {
      const map = problem.tensors['map']!.slice().fill(0, start, end)
      const { loss, gradients } = lossAndGradients(
        () => tensorsOf({ ...problem, tensors: { ...problem.tensors, map } }),
        () => tf.tensor1d([0, 1], 'int32'),
      )
      expect([...loss, ...gradients.flatMap((gradient) => [...gradient])].every(Number.isFinite)).toBe(true)
      expect(Math.max(...gradients.flatMap((gradient) => [...gradient].map(Math.abs)))).toBeLessThan(1e4)
    }
  })

  test('a value of zero gets no gradient, even where its hidden activations are not zero', () => {
    const problem = randomProblem(4, 4, 3, 2)
    const { positions, channels, dimension, tensors } = problem
    // Image 0 has channel 0 only, which the values' hidden layer passes on and their second matrix drops.
    const image = positions * channels
    tensors['map']!.set(Float64Array.from({ length: image }, (_, i) => (i % channels === 0 ? 1 : 0)))
    tensors['value.w1']!.forEach((_, i, w1) => (w1[i] = i % (channels + 1) === 0 ? 1 : 0))
    tensors['value.w2']!.fill(0, 0, dimension)
    const { gradients } = lossAndGradients(
      () => tensorsOf(problem),
      () => tf.tensor1d([0, 1], 'int32'),
    )
    expect(Math.max(...gradients.flatMap((gradient) => [...gradient].map(Math.abs)))).toBeLessThan(100)
    const [ofMap] = gradients
    expect(ofMap!.subarray(0, image).every((value) => value === 0)).toBe(true)
  })

  test('is scaled by what follows it', () => {
    const problem = randomProblem(4, 1, 3, 2)
    const { difference } = numbers(() => {
      const [map, ...matrices] = tensorsOf(problem)
      const labels = tf.tensor1d([0, 1], 'int32')
      const gradient = tf.grad((x) => alpaLoss(x as tf.Tensor4D, labels, asProjections(matrices)))
      return { difference: tf.sub(gradient(map!, tf.scalar(2)), tf.mul(gradient(map!), 2)) }
    })
    expect(Math.max(...difference.map(Math.abs))).toBe(0)
  })

  test('projections are seeded, within ±1/sqrt(channels), and trainable', () => {
    const [first, second, other] = [7, 7, 8].map((seed) => createAlpaProjections({ channels: 16, dimension: 3, seed }))
    const values = ({ value }: AlpaProjections) => [...value.w1.dataSync(), ...value.w2.dataSync()]
    expect(values(first!)).toEqual(values(second!))
    expect(values(first!)).not.toEqual(values(other!))
    expect(Math.max(...values(first!).map(Math.abs))).toBeLessThanOrEqual(0.25)
    expect([first!.key.w2.shape, first!.key.w2.trainable]).toEqual([[16, 3], true])
    tf.dispose([first, second, other] as never)
  })

  test('bad input is named', () => {
    tf.tidy(() => {
      const projections = createAlpaProjections({ channels: 4, dimension: 2 })
      const map = tf.zeros<tf.Rank.R4>([4, 2, 2, 4])
      const labels = tf.tensor1d([0, 1], 'int32')
      expect(() => alpaLoss(tf.zeros([4, 2, 2, 5]), labels, projections)).toThrow(
        'the query projection is [4, 4] then [4, 2], expected [5, 5] then [5, 2] for a map of 5 channels',
      )
      expect(() => alpaLoss(tf.zeros([3, 2, 2, 4]), labels, projections)).toThrow('3 images, expected two views')
      expect(() => alpaLoss(map, tf.tensor1d([0, 1, 0, 1], 'int32'), projections)).toThrow(
        'labels are int32 [4], expected int32 [2]',
      )
      expect(() => alpaLoss(map, tf.tensor1d([0, 1]), projections)).toThrow('labels are float32 [2]')
      expect(() => alpaLoss(tf.zeros([4, 4]) as never, labels, projections)).toThrow('the feature map is [4, 4]')
      for (const [name, value] of [
        ['inverseTemperature', 0],
        ['workspaceMebibytes', -1],
        ['grid', 1.5],
        ['imagesAtOnce', 0],
        ['aggregation', 'median'],
      ] as const) {
        expect(() => alpaLoss(map, labels, projections, { [name]: value })).toThrow(`"${name}" is ${value}`)
      }
      expect(() => createAlpaProjections({ channels: 0 })).toThrow('"channels" is 0')
      tf.dispose(projections as never)
    })
  })
})

/** Every position four times. */
function upsample(map: tf.Tensor4D): tf.Tensor4D {
  const [count, height, width, channels] = map.shape
  const apart = tf.reshape(map, [count, height, 1, width, 1, channels])
  return tf.reshape(tf.tile(apart, [1, 1, 2, 1, 2, 1]), [count, 2 * height, 2 * width, channels])
}
