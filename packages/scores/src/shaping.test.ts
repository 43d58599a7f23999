import { createMatrix, InvalidOptionError, matrixRow, type Matrix } from '@mode-ood/core'
import { createTestOutputs, testScore } from '@mode-ood/core/test'
import { describe, expect, test } from 'vitest'
import { headOf, rows } from './by-hand.test.fixture.ts'
import { ashB, ashP, ashS, dice, energy, gradnorm, klMatching, maxLogit, react, scale, shaped, vra } from './index.ts'
import { temperatureScaledMsp, type ShapedScore } from './index.ts'

const outside = [{ percentile: -1 }, { percentile: 101 }, { percentile: '90' }]
for (const definition of [react, ashS, ashB, ashP, scale, dice]) testScore(definition, { badOptions: outside })
testScore(vra, { badOptions: [{ low: -1 }, { high: 101 }, { low: 90 }, { low: 60, high: 50 }] })
testScore(shaped(maxLogit(), ashS()))
testScore(shaped(klMatching(), react({ percentile: 80 })))

/** The identity as head: the logits are the shaped activations. */
const identity = (d: number) =>
  headOf(
    Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_one, j) => +(i === j))),
    new Array(d).fill(0),
  )
const training = (embedding: Matrix) => [
  { embedding, head: identity(embedding.columns), labels: new Int32Array(embedding.rows) },
]

/** What a shaping makes of activations: read off the largest logit, one coordinate at a time. */
async function shapedTo(by: ShapedScore, learnt: Matrix, activations: number[]): Promise<number[]> {
  const fitted = await shaped(maxLogit(), by).fit(training(learnt))
  const values: number[] = []
  for (let i = 0; i < activations.length; i++) {
    const head = headOf([activations.map((_, j) => +(i === j))], [0])
    values.push((await fitted.score({ embedding: rows(activations), head }))[0]!)
  }
  return values
}

describe('by hand', () => {
  // Sorted: 0, 1, 2, 3, 4, 5, 6, 10.
  const learnt = rows([6, 1, 10, 2], [3, 0, 5, 4])

  test('react cuts at the percentile of all activations', async () => {
    // 50: between 3 and 4; 100: the largest.
    expect(await shapedTo(react({ percentile: 50 }), learnt, [1, 9, 3.25, 4])).toEqual([1, 3.5, 3.25, 3.5])
    expect(await shapedTo(react({ percentile: 100 }), learnt, [1, 9, 11, 4])).toEqual([1, 9, 10, 4])
    expect(await shapedTo(react({ percentile: 0 }), learnt, [1, 9, 11, 4])).toEqual([0, 0, 0, 0])
  })

  test('vra sets what is below to 0, and cuts above', async () => {
    // Of eight values 20 is at position 1.4, and 80 at 5.6.
    const by = vra({ low: 20, high: 80 })
    expect(await shapedTo(by, learnt, [1.25, 1.5, 3, 7])).toEqual([0, 1.5, 3, Math.fround(5.6)])
  })

  test('ash keeps the largest, of equal ones the first', async () => {
    const activations = [1, 4, 2, 4, 4, 0, 3, 2, 0, 0]
    const nothing = rows(activations)
    // Three of ten kept at 70, two at 80; they sum to 12 and 8 of 20.
    expect(await shapedTo(ashP({ percentile: 80 }), nothing, activations)).toEqual([0, 4, 0, 4, 0, 0, 0, 0, 0, 0])
    expect(await shapedTo(ashB({ percentile: 80 }), nothing, activations)).toEqual([0, 10, 0, 10, 0, 0, 0, 0, 0, 0])
    const s = await shapedTo(ashS({ percentile: 80 }), nothing, activations)
    expect(s[1]).toBeCloseTo(4 * Math.exp(20 / 8), 5)
    expect(s.filter((value) => value !== 0)).toHaveLength(2)
    const scaled = await shapedTo(scale({ percentile: 70 }), nothing, activations)
    for (const [i, value] of activations.entries()) expect(scaled[i]).toBeCloseTo(value * Math.exp(20 / 12), 5)
  })

  test('at least one activation is kept', async () => {
    expect(await shapedTo(ashP({ percentile: 100 }), rows([1, 5, 2]), [1, 5, 2])).toEqual([0, 5, 0])
    expect(await shapedTo(ashP({ percentile: 0 }), rows([1, 5, 2]), [1, 5, 2])).toEqual([1, 5, 2])
  })

  test('dice keeps the weights that contribute most, and the bias', async () => {
    const head = headOf(
      [
        [1, 2],
        [-3, 1],
      ],
      [0.5, 0.25],
    )
    // Means (2, 1): contributions 2, 2, -6, 1; above their 40th percentile, 1.2, both of the first class.
    const fitted = await dice({ percentile: 40 }).fit([
      { embedding: rows([4, 0], [0, 2]), head, labels: Int32Array.of(0, 0) },
    ])
    const [score] = await fitted.score({ embedding: rows([3, 5]), head })
    expect(score).toBeCloseTo(Math.log(Math.exp(3 + 10 + 0.5) + Math.exp(0.25)), 5)
  })
})

describe('shaped', () => {
  const { training: whole, id } = createTestOutputs('shaped')

  test('the energy of shaped activations is what the named score gives', async () => {
    for (const by of [react({ percentile: 90 }), vra(), ashS(), dice({ percentile: 70 })]) {
      const named = await by.fit([whole])
      const composed = await shaped(energy(), by).fit([whole])
      expect(composed.name).toBe(`${by.name}+energy`)
      expect(composed.options).toEqual({ ...by.options, temperature: 1 })
      expect(await composed.score(id)).toEqual(await named.score(id))
    }
  })

  test('a shaping that changes nothing gives the score of the model’s own logits', async () => {
    const plain = await maxLogit().score(id)
    const fitted = await shaped(maxLogit(), react({ percentile: 100 })).fit(
      [id as never].map((batch: typeof id) => ({ ...batch, labels: new Int32Array(30) })),
    )
    const scores = await fitted.score(id)
    for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(plain[i]!, 5)
  })

  test('a score that learns, learns from shaped logits', async () => {
    const by = react({ percentile: 60 })
    const fitted = await shaped(temperatureScaledMsp(), by).fit([whole])
    const { shaping, score } = fitted.state as { shaping: { ceiling: number }; score: { temperature: number } }
    const cut = createMatrix(
      200,
      24,
      whole.embedding.data.map((value) => Math.min(value, shaping.ceiling)),
    )
    const logits = createMatrix(200, 5)
    for (let row = 0; row < 200; row++) {
      for (let c = 0; c < 5; c++) {
        const w = matrixRow(whole.head.weight, c)
        logits.data[row * 5 + c] = matrixRow(cut, row).reduce(
          (sum, value, i) => sum + value * w[i]!,
          whole.head.bias[c]!,
        )
      }
    }
    const direct = await temperatureScaledMsp().fit([{ logits, labels: whole.labels }])
    expect(score.temperature).toBeCloseTo((direct.state as { temperature: number }).temperature, 5)
  })

  test('what is fitted is said: on training images where the shaping learns', () => {
    expect(shaped(temperatureScaledMsp(), react()).fitsOn).toBe('training')
    expect(shaped(temperatureScaledMsp(), ashS()).fitsOn).toBe('validation')
    expect(shaped(maxLogit(), ashS()).needsFit).toBe(false)
  })

  test('a score of other than logits is refused', () => {
    // @ts-expect-error -- gradnorm needs the embedding too
    expect(() => shaped(gradnorm(), react())).toThrow(InvalidOptionError)
  })
})

describe('degenerate activations', () => {
  test('a zero embedding gives the energy of the bias', async () => {
    const head = headOf(
      [
        [1, 2],
        [3, 4],
      ],
      [0.5, 1],
    )
    for (const definition of [ashS, ashB, ashP, scale]) {
      const [score] = await definition().score({ embedding: rows([0, 0]), head })
      expect(score).toBeCloseTo(Math.log(Math.exp(0.5) + Math.exp(1)), 6)
    }
  })

  test('logits too large for float32 name the shaping and the image', async () => {
    const flat = rows(Array.from({ length: 200 }, () => 1))
    const head = headOf([[...flat.data]], [0])
    await expect(ashS({ percentile: 100 }).score({ embedding: flat, head })).rejects.toThrow(
      'shaping by ash-s makes the logits of image 0 too large for float32',
    )
  })

  test('no images and data that can be gone through once only are errors', async () => {
    await expect(react().fit([])).rejects.toThrow('score "react" learns from training images, and there are none')
    await expect(dice().fit([])).rejects.toThrow('score "dice" learns from training images, and there are none')
    await expect(vra().fit(training(rows([1, 2])).values())).rejects.toThrow('1 at first and 0 later')
  })
})
