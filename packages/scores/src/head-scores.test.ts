import { InvalidInputError, InvalidOptionError } from '@mode-ood/core'
import { createTestOutputs, testScore } from '@mode-ood/core/test'
import { describe, expect, test } from 'vitest'
import { headOf, rows } from './by-hand.test.fixture.ts'
import { fdbd, nci, residual, she, vim } from './index.ts'

testScore(she)
testScore(vim, { badOptions: [{ dimension: 0 }, { dimension: 1.5 }] })
testScore(residual, { options: { dimension: 4 }, badOptions: [{ dimension: 0 }] })
testScore(fdbd)
testScore(nci, { badOptions: [{ alpha: -1 }] })

describe('she', () => {
  const training = [
    {
      embedding: rows([1, 0], [3, 0], [0, 5], [0, 2]),
      logits: rows([1, 0, 0], [1, 0, 0], [0, 1, 0], [1, 0, 0]),
      labels: Int32Array.of(0, 0, 1, 1),
    },
  ]

  test('by hand: the mean of what is classified right, unnormalised', async () => {
    const fitted = await she().fit(training)
    const scores = await fitted.score({ embedding: rows([2, 3], [2, 3]), logits: rows([1, 0, 0], [0, 1, 0]) })
    expect([...scores]).toEqual([2 * 2, 3 * 5])
  })

  test('a class without such images takes the mean of all', async () => {
    const fitted = await she().fit(training)
    const [score] = await fitted.score({ embedding: rows([3, 3]), logits: rows([0, 0, 1]) })
    expect(score).toBeCloseTo(3 * (4 / 3) + 3 * (5 / 3), 12)
  })

  test('nothing classified right is an error', async () => {
    const wrong = [{ ...training[0]!, labels: Int32Array.of(1, 1, 0, 2) }]
    await expect(she().fit(wrong)).rejects.toThrow('correctly classified training images, and there are none')
    await expect(she().fit([])).rejects.toThrow(InvalidInputError)
  })
})

describe('vim and residual', () => {
  // W u = -b at u = (1, 0, 0); training spreads along x most, along y less, along z hardly.
  const head = headOf([[1, 0, 0]], [-1])
  const embedding = rows([5, 0, 0], [-3, 0, 0], [1, 2, 0], [1, -2, 0], [1, 0, 0.5], [1, 0, -0.5])
  const logits = rows([4], [-4], [0], [0], [3], [3])
  const training = [{ embedding, logits, head, labels: new Int32Array(6) }]

  test('residual by hand: what is not along x; with two dimensions kept, what is along z', async () => {
    for (const [dimension, expected] of [
      [1, -5],
      [2, -4],
    ] as const) {
      const fitted = await residual({ dimension }).fit(training)
      expect((await fitted.score({ embedding: rows([7, 3, 4]), head }))[0]).toBeCloseTo(expected, 12)
    }
  })

  test('vim by hand: energy less alpha times that', async () => {
    const fitted = await vim({ dimension: 1 }).fit(training)
    // Mean max logit 1, mean residual (2 + 2 + .5 + .5) / 6.
    const [score] = await fitted.score({ embedding: rows([7, 3, 4]), logits: rows([6]), head })
    expect(score).toBeCloseTo(6 - (6 / 5) * 5, 12)
    expect(fitted.state).toMatchObject({ principal: 1 })
  })

  test('dimensions kept by default: 256 of 512, 1000 of 2048, half of others', async () => {
    const kept = async (d: number) => {
      const wide = [{ embedding: rows(Array.from({ length: d }, (_, i) => i % 7)), labels: Int32Array.of(0) }]
      const weights = headOf([Array.from({ length: d }, (_, i) => i % 3)], [0])
      const fitted = await residual().fit(wide.map((batch) => ({ ...batch, head: weights })))
      return (fitted.state as { principal: number }).principal
    }
    expect([await kept(512), await kept(24), await kept(7)]).toEqual([256, 12, 3])
  })

  test.each([3, 4])('D = %i of 3 dimensions leaves no null space', async (dimension) => {
    await expect(vim({ dimension }).fit(training)).rejects.toThrow(InvalidOptionError)
    await expect(residual({ dimension }).fit(training)).rejects.toThrow(
      `option "dimension" is ${dimension} and must be above 0 and below 3`,
    )
  })

  test('an embedding of one number has no null space either', async () => {
    const one = [{ embedding: rows([1]), logits: rows([1]), head: headOf([[1]], [0]), labels: Int32Array.of(0) }]
    await expect(vim().fit(one)).rejects.toThrow('option "dimension" is 0')
  })

  test('training embeddings within D dimensions: vim has nothing to scale by, residual still measures', async () => {
    const flat = [{ ...training[0]!, embedding: rows(...[5, -3, 2, 2, 1, 0].map((x) => [x, 1 - x, 0])) }]
    await expect(vim({ dimension: 2 }).fit(flat)).rejects.toThrow('lie within 2 dimensions')
    const fitted = await residual({ dimension: 2 }).fit(flat)
    expect((await fitted.score({ embedding: rows([0, 0, 2]), head }))[0]).toBeCloseTo(-2, 10)
  })

  test('data that can be gone through once only are an error', async () => {
    await expect(vim({ dimension: 1 }).fit(training.values())).rejects.toThrow('6 at first and 0 later')
  })
})

describe('fdbd and nci', () => {
  const head = headOf(
    [
      [2, 0],
      [0, 0],
      [2, 4],
    ],
    [0, 0, 0],
  )
  const training = [
    { embedding: rows([1, 1], [3, 1]), logits: rows([0, 0, 0], [0, 0, 0]), head, labels: Int32Array.of(0, 1) },
  ]

  test('fdbd by hand: gaps 3 / 2 and 2 / 4 to the two boundaries, at distance 5 from the mean (2, 1)', async () => {
    const fitted = await fdbd().fit(training)
    const [score] = await fitted.score({ embedding: rows([5, 5]), logits: rows([6, 3, 4]), head })
    expect(score).toBeCloseTo((3 / 2 + 2 / 4) / 5, 12)
  })

  test('nci by hand', async () => {
    const fitted = await nci({ alpha: 0.01 }).fit(training)
    const [score] = await fitted.score({ embedding: rows([5, -3]), logits: rows([0, 0, 1]), head })
    expect(score).toBeCloseTo((2 * 3 + 4 * -4) / 5 + 0.01 * 8, 12)
  })

  test('an embedding at the mean, and classes with the same weights, give finite scores', async () => {
    const twins = headOf(
      [
        [1, 0],
        [1, 0],
      ],
      [0, 1],
    )
    const outputs = { embedding: rows([2, 1], [9, 1]), logits: rows([2, 3], [1, 2]), head: twins }
    const batch = [{ ...training[0]!, logits: rows([0, 0], [0, 0]), head: twins }]
    for (const definition of [fdbd, nci]) {
      const scores = await (await definition().fit(batch)).score(outputs)
      expect(scores.every((score) => Number.isFinite(score))).toBe(true)
    }
  })

  test('a head that does not fit the outputs is an error', async () => {
    const { id } = createTestOutputs()
    const fitted = await nci().fit(training)
    await expect(fitted.score({ ...id, head })).rejects.toThrow(
      'the head takes embeddings of 2 numbers, but they have 24',
    )
    const wide = { embedding: rows([1, 2]), logits: rows([1, 2]), head }
    await expect(fitted.score(wide)).rejects.toThrow('the head has 3 classes, but 2 logits were given')
  })
})
