import { readFileSync } from 'node:fs'
import { createMatrix, type Matrix, type Need, type Score } from '@mode-ood/core'
import { testScore } from '@mode-ood/core/test'
import { readSafetensors } from '@mode-ood/safetensors'
import { describe, expect, test } from 'vitest'
import { energy, gen, knn, maxLogit, msp } from './index.ts'

testScore(msp)
testScore(maxLogit)
testScore(energy, { badOptions: [{ temperature: 0 }, { temperature: -1 }] })
testScore(gen, { badOptions: [{ gamma: 0 }, { m: 0 }, { m: 1.5 }] })
testScore(knn, { options: { k: 5 }, badOptions: [{ k: 0 }, { k: 2.5 }] })

const { tensors, metadata } = readSafetensors(readFileSync(new URL('../fixtures/scores.safetensors', import.meta.url)))
const matrix = (name: string): Matrix => {
  const { shape, data } = tensors.get(name)!
  return createMatrix(shape[0]!, shape[1]!, data as Float32Array)
}
const outputs = (side: string) => ({ embedding: matrix(`${side}.embedding`), logits: matrix(`${side}.logits`) })

describe('golden scores', () => {
  const training = { ...outputs('train'), labels: tensors.get('train.labels')!.data as Int32Array }
  const named = { msp, 'max-logit': maxLogit, energy, gen, knn } as Record<string, (options?: never) => Score<Need>>
  const variants = JSON.parse(metadata['variants'] ?? '[]') as string[]
  const cases = [...Object.keys(named), ...variants.filter((name) => Object.hasOwn(named, name.split('@')[0]!))]

  test('the file has variants of these scores', () => {
    expect(cases).toEqual(expect.arrayContaining(['gen@m=3', 'energy@temperature=2']))
  })

  test.each(cases)('%s', async (name) => {
    const options = JSON.parse(metadata[`${name}.options`] ?? '{}') as never
    const fitted = await named[name.split('@')[0]!]!(options).fit([training as never])
    for (const side of ['id', 'ood']) {
      const scores = await fitted.score(outputs(side) as never)
      const expected = tensors.get(`${name}.${side}`)!.data as Float64Array
      const gap = scores.map((score, i) => Math.abs(score - expected[i]!) / Math.max(1, Math.abs(expected[i]!)))
      // The bank holds normalised float32 vectors; the others compute in float64 throughout.
      expect(Math.max(...gap)).toBeLessThan(name.startsWith('knn') ? 1e-6 : 1e-9)
    }
    await fitted.close()
  })
})

describe('by hand', () => {
  const logits = createMatrix(1, 2, Float32Array.of(0, Math.log(3)))

  test('msp of odds 1 to 3 is 3/4', async () => {
    expect((await msp().score({ logits }))[0]).toBeCloseTo(0.75, 7)
  })

  test('energy is log 4, and at temperature 2 twice the log of 1 + sqrt 3', async () => {
    expect((await energy().score({ logits }))[0]).toBeCloseTo(Math.log(4), 7)
    expect((await energy({ temperature: 2 }).score({ logits }))[0]).toBeCloseTo(2 * Math.log(1 + Math.sqrt(3)), 6)
  })

  test('gen with gamma 1 is minus the sum of p (1 - p)', async () => {
    expect((await gen({ gamma: 1 }).score({ logits }))[0]).toBeCloseTo(-2 * 0.75 * 0.25, 7)
    expect((await gen({ gamma: 1, m: 1 }).score({ logits }))[0]).toBeCloseTo(-0.75 * 0.25, 7)
  })

  test('huge logits do not overflow', async () => {
    const huge = createMatrix(1, 2, Float32Array.of(1e30, -1e30))
    expect((await msp().score({ logits: huge }))[0]).toBe(1)
    expect((await energy().score({ logits: huge }))[0]).toBeCloseTo(1e30, -24)
    expect((await gen().score({ logits: huge }))[0]).toBe(0)
  })

  test('knn counts the nearest row as k = 1', async () => {
    const embedding = createMatrix(2, 2, Float32Array.of(5, 0, 0, 2))
    const training = [{ embedding, labels: Int32Array.of(0, 1) }]
    const query = { embedding: createMatrix(1, 2, Float32Array.of(1, 0)) }
    for (const [k, expected] of [
      [1, 0],
      [2, -2],
    ] as const) {
      const fitted = await knn({ k }).fit(training)
      expect((await fitted.score(query))[0]).toBeCloseTo(expected, 6)
      await fitted.close()
    }
  })
})
