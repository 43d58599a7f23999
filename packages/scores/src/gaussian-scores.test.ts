import { createMatrix, InvalidInputError } from '@mode-ood/core'
import { createTestOutputs, testScore } from '@mode-ood/core/test'
import { describe, expect, test } from 'vitest'
import { rows } from './by-hand.test.fixture.ts'
import { mahalanobis, mahalanobisNormalized, rmds, rmdsNormalized, ssd } from './index.ts'

const family = { mahalanobis, mahalanobisNormalized, rmds, rmdsNormalized, ssd }
for (const definition of Object.values(family)) testScore(definition)

/** Class 0 about (0, 0) and class 1 about (10, 0); within each, ±1 along x and ±2 along y: Σ = diag(1/2, 2). */
const cross = [
  [1, 0],
  [-1, 0],
  [0, 2],
  [0, -2],
] as const
const training = [
  {
    embedding: rows(...cross, ...cross.map(([x, y]) => [x + 10, y])),
    labels: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1),
  },
]

describe('by hand', () => {
  test('mahalanobis of (1, 2) is -(1 / (1/2) + 4 / 2), and the nearer class counts', async () => {
    const fitted = await mahalanobis().fit(training)
    const scores = await fitted.score({ embedding: rows([1, 2], [11, 2], [5, 0]) })
    expect(scores[0]).toBeCloseTo(-4, 12)
    expect(scores[1]).toBeCloseTo(-4, 12)
    expect(scores[2]).toBeCloseTo(-50, 12)
    expect(fitted.state).toMatchObject({ within: { shrinkage: 0 } })
  })

  test('rmds adds the distance to the background, whose variance along x is 1/2 + 25', async () => {
    const fitted = await rmds().fit(training)
    const [score] = await fitted.score({ embedding: rows([1, 2]) })
    expect(score).toBeCloseTo(-4 + (16 / 25.5 + 4 / 2), 12)
  })

  test('ssd of four unit vectors on the axes has the mean 0 and the covariance 1/2', async () => {
    const embedding = rows([3, 0], [-1, 0], [0, 2], [0, -9])
    const fitted = await ssd().fit([{ embedding, labels: new Int32Array(4) }])
    const [score] = await fitted.score({ embedding: rows([5, 5]) })
    expect(score).toBeCloseTo(-2, 8)
  })

  test('the normalised forms do not see the length', async () => {
    for (const definition of [mahalanobisNormalized, rmdsNormalized, ssd]) {
      const fitted = await definition().fit([createTestOutputs().training])
      const scores = await fitted.score({
        embedding: createMatrix(
          2,
          24,
          Float32Array.from({ length: 48 }, (_, i) => ((i % 24) % 5) * (i < 24 ? 1 : 4)),
        ),
      })
      expect(scores[1]).toBeCloseTo(scores[0]!, 6)
    }
  })
})

describe('degenerate training', () => {
  test('a unit that is always 0 makes the covariance singular: it is shrunk, and the state says by how much', async () => {
    const dead = [{ ...training[0]!, embedding: rows(...cross.map(([x, y]) => [x, y, 0])), labels: new Int32Array(4) }]
    for (const definition of [mahalanobis, rmds, ssd]) {
      expect(JSON.stringify((await definition().fit(dead)).state)).toContain('"shrinkage":0.001')
    }
    // (1 - λ) Σ + λ tr Σ / 3, Σ = diag(1/2, 2, 0)
    const [score] = await (await mahalanobis().fit(dead)).score({ embedding: rows([0, 0, 1]) })
    expect(score).toBeCloseTo(-1 / (0.001 * (2.5 / 3)), 8)
  })

  test('fewer images than dimensions', async () => {
    const { training: whole, id } = createTestOutputs()
    const few = {
      embedding: createMatrix(10, 24, whole.embedding.data.slice(0, 240)),
      labels: whole.labels.slice(0, 10),
    }
    for (const definition of Object.values(family)) {
      const scores = await (await definition().fit([few])).score(id)
      expect(scores.every((score) => Number.isFinite(score))).toBe(true)
    }
  })

  test('a class with one image has a mean like others, and adds nothing to the covariance', async () => {
    const lone = [...training, { embedding: rows([0, 40]), labels: Int32Array.of(3) }]
    const fitted = await mahalanobis().fit(lone)
    const [at, between] = await fitted.score({ embedding: rows([0, 40], [0, 38]) })
    expect(at).toBeCloseTo(0, 10)
    // Σ_yy = 8 · 2 / 9 images.
    expect(between).toBeCloseTo(-4 / (16 / 9), 10)
  })

  test('one image a class has no spread to measure by', async () => {
    const lone = [{ embedding: rows([1, 2], [3, 4]), labels: Int32Array.of(0, 1) }]
    await expect(mahalanobis().fit(lone)).rejects.toThrow('do not vary (within a class)')
    const equal = [{ embedding: rows([1, 2], [1, 2]), labels: Int32Array.of(0, 0) }]
    await expect(ssd().fit(equal)).rejects.toThrow(InvalidInputError)
  })

  test('a zero embedding has a score', async () => {
    for (const definition of Object.values(family)) {
      const fitted = await definition().fit(training)
      expect((await fitted.score({ embedding: rows([0, 0]) }))[0]).toSatisfy(Number.isFinite)
    }
  })

  test('no images, a negative label and embeddings of another length are errors', async () => {
    await expect(rmds().fit([])).rejects.toThrow('score "rmds" learns from training images, and there are none')
    const negative = [{ embedding: rows([1, 2]), labels: Int32Array.of(-1) }]
    await expect(mahalanobis().fit(negative)).rejects.toThrow('has the label -1')
    const fitted = await ssd().fit(training)
    await expect(fitted.score({ embedding: rows([1, 2, 3]) })).rejects.toThrow('embeddings of 2 numbers, but got 3')
  })
})
