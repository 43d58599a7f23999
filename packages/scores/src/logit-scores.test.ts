import { createMatrix } from '@mode-ood/core'
import { testScore } from '@mode-ood/core/test'
import { describe, expect, test } from 'vitest'
import { rows } from './by-hand.test.fixture.ts'
import { energy, entropy, gen, gradnorm, klMatching, maxLogit, msp, temperatureScaledMsp } from './index.ts'

testScore(msp)
testScore(maxLogit)
testScore(energy, { badOptions: [{ temperature: 0 }, { temperature: -1 }] })
testScore(gen, { badOptions: [{ gamma: 0 }, { m: 0 }, { m: 1.5 }] })
testScore(entropy)
testScore(gradnorm, { badOptions: [{ temperature: 0 }, { temperature: -2 }] })
testScore(temperatureScaledMsp)
testScore(klMatching)

describe('by hand', () => {
  const logits = rows([0, Math.log(3)])

  test('msp of odds 1 to 3 is 3/4', async () => {
    expect((await msp().score({ logits }))[0]).toBeCloseTo(0.75, 7)
  })

  test('max logit is log 3', async () => {
    expect((await maxLogit().score({ logits }))[0]).toBeCloseTo(Math.log(3), 7)
  })

  test('energy is log 4, and at temperature 2 twice the log of 1 + sqrt 3', async () => {
    expect((await energy().score({ logits }))[0]).toBeCloseTo(Math.log(4), 7)
    expect((await energy({ temperature: 2 }).score({ logits }))[0]).toBeCloseTo(2 * Math.log(1 + Math.sqrt(3)), 6)
  })

  test('gen with gamma 1 is minus the sum of p (1 - p)', async () => {
    expect((await gen({ gamma: 1 }).score({ logits }))[0]).toBeCloseTo(-2 * 0.75 * 0.25, 7)
    expect((await gen({ gamma: 1, m: 1 }).score({ logits }))[0]).toBeCloseTo(-0.75 * 0.25, 7)
  })

  test('entropy of even odds is minus log 2, of a certain prediction 0', async () => {
    const scores = await entropy().score({ logits: rows([5, 5], [0, 1000]) })
    expect(scores[0]).toBeCloseTo(-Math.log(2), 12)
    expect(scores[1]).toBe(0)
  })

  test('gradnorm of (3, 1) with odds 1 to 3 is 4 · (1/4 + 1/4); at temperature 2 the odds are 1 to sqrt 3', async () => {
    const outputs = { embedding: rows([3, -1]), logits }
    expect((await gradnorm().score(outputs))[0]).toBeCloseTo(2, 6)
    const p = Math.sqrt(3) / (1 + Math.sqrt(3))
    expect((await gradnorm({ temperature: 2 }).score(outputs))[0]).toBeCloseTo(4 * 2 * (p - 0.5), 6)
  })

  test('kl matching takes the nearest template, which are made by predicted class', async () => {
    // Two images predicted 1, with p_1 = 3/4 and 1/4 + 1/4 = 1/2 (of equal ones the first, 0): templates (1/4, 3/4) and (1/2, 1/2).
    const training = [{ logits: rows([0, Math.log(3)], [0, 0]), labels: Int32Array.of(0, 0) }]
    const fitted = await klMatching().fit(training)
    const scores = await fitted.score({ logits: rows([0, 0], [0, Math.log(7)]) })
    expect(scores[0]).toBeCloseTo(0, 12)
    expect(scores[1]).toBeCloseTo(-((1 / 8) * Math.log(1 / 2) + (7 / 8) * Math.log(7 / 6)), 6)
  })
})

describe('temperature scaling', () => {
  test('finds the temperature at which three of four are right: log 3 of a gap of 2', async () => {
    const training = [{ logits: rows([0, 2], [0, 2], [0, 2], [0, 2]), labels: Int32Array.of(1, 1, 1, 0) }]
    const { state } = await temperatureScaledMsp().fit(training)
    expect((state as { temperature: number }).temperature).toBeCloseTo(2 / Math.log(3), 12)
  })

  test.each([
    ['predictions that are all right', 1, 0.01],
    ['predictions that are all wrong', 0, 100],
  ])('%s give the end of the range', async (_, label, expected) => {
    const fitted = await temperatureScaledMsp().fit([{ logits: rows([0, 2]), labels: Int32Array.of(label) }])
    expect((fitted.state as { temperature: number }).temperature).toBeCloseTo(expected, 8)
    expect((await fitted.score({ logits: rows([0, 2]) }))[0]).toBeGreaterThan(0.5)
  })

  test('a label that is no class, no images, and data that can be gone through once only are errors', async () => {
    const logits = rows([0, 2])
    await expect(temperatureScaledMsp().fit([{ logits, labels: Int32Array.of(2) }])).rejects.toThrow(
      'has the label 2, but the model has 2 classes',
    )
    await expect(temperatureScaledMsp().fit([])).rejects.toThrow('learns from ID images, and there are none')
    const once = [{ logits: rows([0, 2], [0, 2]), labels: Int32Array.of(0, 1) }].values()
    await expect(temperatureScaledMsp().fit(once)).rejects.toThrow('2 at first and 0 later')
  })
})

describe('degenerate logits', () => {
  test('huge logits do not overflow', async () => {
    const logits = rows([1e30, -1e30])
    expect((await msp().score({ logits }))[0]).toBe(1)
    expect((await energy().score({ logits }))[0]).toBeCloseTo(1e30, -24)
    expect((await gen().score({ logits }))[0]).toBe(0)
    expect((await entropy().score({ logits }))[0]).toBe(0)
    const fitted = await klMatching().fit([{ logits, labels: Int32Array.of(0) }])
    expect((await fitted.score({ logits: rows([-1e30, 1e30]) }))[0]).toBeCloseTo(Math.log(1e-300), 6)
  })

  test('one class is always certain', async () => {
    const logits = createMatrix(1, 1, Float32Array.of(3))
    expect((await msp().score({ logits }))[0]).toBe(1)
    expect((await entropy().score({ logits }))[0]).toBe(0)
    expect((await gradnorm().score({ logits, embedding: rows([1, 2]) }))[0]).toBe(0)
  })

  test('a class that is never predicted has no template', async () => {
    const fitted = await klMatching().fit([{ logits: rows([0, 4, 0]), labels: Int32Array.of(2) }])
    expect((fitted.state as { logTemplates: unknown[] }).logTemplates).toHaveLength(1)
    await expect(klMatching().fit([])).rejects.toThrow('there are none')
  })
})
