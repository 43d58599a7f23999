import { InvalidInputError, InvalidOptionError, type Score } from '@mode-ood/core'
import { createTestOutputs, testScore } from '@mode-ood/core/test'
import { describe, expect, test } from 'vitest'
import { rows } from './by-hand.test.fixture.ts'
import { combine, energy, knn, mahalanobis, maxLogit, msp } from './index.ts'

testScore(combine([knn({ k: 3 }), energy()]))
testScore(combine([msp(), mahalanobis()], { method: 'min', holdOut: 0.3 }))

describe('combine by hand', () => {
  // Largest logits 1, 2, 3, 4 and largest probabilities in another order.
  const logits = rows([1, 0], [2, 1.5], [3, 3], [4, -4])
  const training = [{ logits, labels: new Int32Array(4) }]
  const outputs = { logits: rows([2.5, -9], [5, 5], [0, -0.1]) }
  // p-values of the largest logit: 3/5, 5/5, 1/5; of the largest probability (surer than all, even, nearly even): 1, 2/5, 2/5.
  const expected = [
    [3 / 5, 1],
    [1, 2 / 5],
    [1 / 5, 2 / 5],
  ] as const

  test('Fisher: the chance that a product of uniform numbers is as small', async () => {
    const fitted = await combine([maxLogit(), msp()]).fit(training)
    const scores = await fitted.score(outputs)
    for (const [i, [a, b]] of expected.entries()) expect(scores[i]).toBeCloseTo(a * b * (1 - Math.log(a * b)), 12)
  })

  test('min: the least times the number of scores', async () => {
    const fitted = await combine([maxLogit(), msp()], { method: 'min' }).fit(training)
    const scores = await fitted.score(outputs)
    for (const [i, [a, b]] of expected.entries()) expect(scores[i]).toBeCloseTo(2 * Math.min(a, b), 12)
  })

  test('Fisher of three scores against the integral of a chi-square density with six degrees of freedom', async () => {
    const fitted = await combine([maxLogit(), msp(), energy()]).fit(training)
    const [score] = await fitted.score({ logits: rows([0, -0.1]) })
    const statistic = -2 * Math.log((1 / 5) * (2 / 5) * (1 / 5))
    let tail = 0
    const width = 0.001
    for (let x = statistic + width / 2; x < 200; x += width) tail += (x ** 2 * Math.exp(-x / 2) * width) / 16
    expect(score).toBeCloseTo(tail, 6)
  })
})

describe('combine', () => {
  const { training, id } = createTestOutputs('combine')

  test('is called after its scores, and its options say what they are', () => {
    const score = combine([knn({ k: 3 }), energy()], { method: 'min' })
    expect(score.name).toBe('knn+energy')
    expect(score.needs).toEqual(['embedding', 'logits'])
    expect(score.options).toEqual({
      method: 'min',
      holdOut: 0.2,
      seed: 0,
      scores: [
        { name: 'knn', k: 3 },
        { name: 'energy', temperature: 1 },
      ],
    })
  })

  test('calibrates by images that the scores were not fitted on', async () => {
    const { state } = await combine([knn({ k: 1 }), energy()]).fit([training])
    const { members, calibration } = state as {
      members: [{ bank: { size: number } }, undefined]
      calibration: Float64Array[]
    }
    const held = calibration[0]!.length
    expect(held).toBeGreaterThan(20)
    expect(held).toBeLessThan(65)
    expect(members[0].bank.size).toBe(200 - held)
    // A fitted image would be its own nearest neighbour, at distance 0.
    expect(Math.max(...calibration[0]!)).toBeLessThan(-1e-6)
    expect(calibration[0]).toEqual(calibration[0]!.toSorted())
  })

  test('p-values of new ID images are about uniform under min', async () => {
    const fitted = await combine([energy(), maxLogit()], { method: 'min' }).fit([training])
    const scores = await fitted.score(id)
    expect(scores.filter((p) => p <= 0.2).length / scores.length).toBeLessThan(0.4)
  })

  test('fewer than two scores, unknown options and too few images are errors', async () => {
    expect(() => combine([energy()])).toThrow(InvalidOptionError)
    expect(() => combine([energy(), msp()], { holdOut: 1 })).toThrow('holdOut')
    // @ts-expect-error -- no such method
    expect(() => combine([energy(), msp()], { method: 'mean' })).toThrow('method')
    await expect(combine([energy(), msp()]).fit([])).rejects.toThrow('has no images to calibrate by')
    const few: Score<'embedding' | 'logits'> = combine([knn({ k: 1 }), energy()])
    const one = [{ embedding: rows([1]), logits: rows([1]), labels: Int32Array.of(0) }]
    await expect(few.fit(one)).rejects.toThrow(InvalidInputError)
  })
})
