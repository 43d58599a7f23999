import { InvalidInputError } from '@mode-ood/core'
import { createTestOutputs, selectOutputs, testScore } from '@mode-ood/core/test'
import { describe, expect, test } from 'vitest'
import { rows } from './by-hand.test.fixture.ts'
import { knn, nnguide, relation } from './index.ts'

testScore(knn, { options: { k: 5 }, badOptions: [{ k: 0 }, { k: 2.5 }] })
const fractions = [{ fraction: 0 }, { fraction: 1.1 }, { seed: 0.5 }]
testScore(nnguide, { options: { k: 5, fraction: 0.1 }, badOptions: [{ k: 0 }, ...fractions] })
testScore(relation, { badOptions: [{ power: 0 }, { threshold: -1 }, ...fractions] })

describe('knn by hand', () => {
  test.each([
    [1, 0],
    [2, -2],
  ])('the neighbour k = %i of (1, 0) among (5, 0) and (0, 2) scores %i', async (k, expected) => {
    const training = [{ embedding: rows([5, 0], [0, 2]), labels: Int32Array.of(0, 1) }]
    const fitted = await knn({ k }).fit(training)
    expect((await fitted.score({ embedding: rows([1, 0]) }))[0]).toBeCloseTo(expected, 6)
    await fitted.close()
  })
})

describe('nnguide', () => {
  // Energies log 2, 2 log 2 and 3 log 2 (logits of one class are their own energy).
  const logits = rows([Math.log(2)], [2 * Math.log(2)], [3 * Math.log(2)])
  const training = [{ embedding: rows([5, 0], [0, 1], [3, 4]), logits, labels: new Int32Array(3) }]

  test('by hand: the largest products with the energy in them, not the nearest by cosine', async () => {
    const fitted = await nnguide({ k: 1, fraction: 1 }).fit(training)
    // Cosines 1, 0 and 3/5 with weights 1, 2 and 3: the third has the largest product, 9/5 log 2.
    const [score] = await fitted.score({ embedding: rows([2, 0]), logits: rows([10]) })
    expect(score).toBeCloseTo(10 * 1.8 * Math.log(2), 6)
    const two = await nnguide({ k: 2, fraction: 1 }).fit(training)
    const [mean] = await two.score({ embedding: rows([2, 0]), logits: rows([10]) })
    expect(mean).toBeCloseTo(10 * ((1.8 + 1) / 2) * Math.log(2), 6)
  })

  test('the bank is the fraction asked for, chosen by the seed, and holds k images at least', async () => {
    const { training: whole } = createTestOutputs()
    const bank = async (options: object) =>
      ((await nnguide(options).fit([whole])).state as { vectors: { rows: number; data: Float32Array } }).vectors
    expect((await bank({ k: 1, fraction: 0.1 })).rows).toBe(20)
    expect((await bank({ k: 30, fraction: 0.1 })).rows).toBe(30)
    expect(await bank({ k: 1, fraction: 0.1 })).toEqual(await bank({ k: 1, fraction: 0.1 }))
    expect(await bank({ k: 1, fraction: 0.1, seed: 1 })).not.toEqual(await bank({ k: 1, fraction: 0.1 }))
    expect((await bank({ k: 1, fraction: 1 })).data).toEqual(whole.embedding.data)
  })

  test('fewer images than k are an error that says both', async () => {
    await expect(nnguide({ k: 4 }).fit(training)).rejects.toThrow('k is 4 but there are 3 training images')
  })

  test('a zero embedding scores 0', async () => {
    const fitted = await nnguide({ k: 2 }).fit(training)
    expect((await fitted.score({ embedding: rows([0, 0]), logits: rows([10]) }))[0]).toBe(0)
  })
})

describe('relation', () => {
  test('by hand: cosine times agreement, where that is above the threshold', async () => {
    const even = [0, 0]
    const sure = [100, -100]
    const training = [
      { embedding: rows([1, 0], [-1, 0], [3, 4]), logits: rows(even, sure, sure), labels: Int32Array.of(0, 0, 0) },
    ]
    const outputs = { embedding: rows([2, 0]), logits: rows([Math.log(3), 0]) }
    // Agreements 1/2, 3/4 and 3/4 with cosines 1, -1 and 3/5.
    const of = async (options: object) => (await (await relation(options).fit(training)).score(outputs))[0]
    expect(await of({})).toBeCloseTo(0.5 + 0.45, 6)
    expect(await of({ power: 2 })).toBeCloseTo(0.25 + 0.2025, 6)
    expect(await of({ threshold: 0.46 })).toBeCloseTo(0.5, 6)
    expect(await of({ threshold: 0.51 })).toBe(0)
  })

  test('leaves no edge out for speed: many classes, sure and unsure, against all pairs', async () => {
    const { training, id, ood } = createTestOutputs('relation')
    const softmaxOf = (row: Float32Array) => {
      const e = [...row].map(Math.exp)
      return e.map((value) => value / e.reduce((a, b) => a + b))
    }
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0)
    for (const threshold of [0.001, 0.03, 0.3, 0.9]) {
      const fitted = await relation({ threshold }).fit([training])
      for (const side of [id, ood]) {
        const scores = await fitted.score(side)
        const z = side.embedding.data.subarray(0, 24)
        const p = softmaxOf(side.logits.data.subarray(0, 5))
        let expected = 0
        for (let i = 0; i < 200; i++) {
          const zi = training.embedding.data.subarray(i * 24, (i + 1) * 24)
          const cosine = dot(z, zi) / Math.sqrt(dot(z, z) * dot(zi, zi))
          const edge = Math.max(0, cosine) * dot(p, softmaxOf(training.logits.data.subarray(i * 5, i * 5 + 5)))
          if (edge > threshold) expected += edge
        }
        expect(scores[0]).toBeCloseTo(expected, 8)
      }
    }
  })

  test('a fraction of the training images does, and none is an error', async () => {
    const { training, id } = createTestOutputs()
    const fitted = await relation({ fraction: 0.25 }).fit([training])
    expect((fitted.state as { scales: Float64Array }).scales).toHaveLength(50)
    expect((await fitted.score(selectOutputs(id, [0])))[0]).toBeGreaterThan(0)
    await expect(relation().fit([])).rejects.toThrow(InvalidInputError)
  })
})
