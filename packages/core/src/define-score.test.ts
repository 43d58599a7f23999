import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { createTestOutputs, testScore } from './test/index.ts'
import { createMatrix, defineScore, InvalidInputError, InvalidOptionError, matrixRow, NotFittedError } from './index.ts'

const largest = defineScore({
  name: 'largest',
  needs: ['logits'],
  score: ({ logits }) => Float64Array.from({ length: logits.rows }, (_, i) => Math.max(...matrixRow(logits, i))),
})

const centred = defineScore({
  name: 'centred',
  needs: ['embedding'],
  options: z.object({ power: z.number().positive().default(2) }),
  async fit(training) {
    let count = 0
    let sum: Float64Array | undefined
    for await (const { embedding, labels } of training) {
      sum ??= new Float64Array(embedding.columns)
      for (let i = 0; i < embedding.data.length; i++) sum[i % embedding.columns]! += embedding.data[i]!
      count += labels.length
    }
    return {
      mean: sum!.map((value) => value / count),
      nested: { count, worst: Number.NEGATIVE_INFINITY, note: ['a', null] },
    }
  },
  score: ({ embedding }, { power }, { mean }) =>
    Float64Array.from(
      { length: embedding.rows },
      (_, row) => -matrixRow(embedding, row).reduce((sum, value, i) => sum + Math.abs(value - mean[i]!) ** power, 0),
    ),
})

testScore(largest)
testScore(centred, { options: { power: 1 }, badOptions: [{ power: 0 }, { power: 'two' }] })

describe('defineScore', () => {
  const { id, training } = createTestOutputs()

  test('names the definition after the score and fills in defaults', () => {
    expect(centred.name).toBe('centred')
    expect(centred.needs).toEqual(['embedding'])
    expect([largest.needsFit, centred.needsFit]).toEqual([false, true])
    expect(centred().options).toEqual({ power: 2 })
  })

  test('takes only the outputs it asked for', async () => {
    const { embedding, logits } = id
    const fitted = await centred().fit([training])
    expect((await fitted.score({ embedding })).length).toBe(30)
    // @ts-expect-error -- logits alone do not satisfy a score that needs the embedding
    await expect(fitted.score({ logits })).rejects.toThrow('score "centred" needs the model\'s embedding')
  })

  test('says how to mend a score that was not fitted', async () => {
    await expect(centred().score(id)).rejects.toThrow(NotFittedError)
    await expect(centred().score(id)).rejects.toThrow('call fit(trainingOutputs) first')
  })

  test('names the option that is wrong', () => {
    expect(() => centred({ power: -1 })).toThrow(InvalidOptionError)
    expect(() => centred({ power: -1 })).toThrow('option "power"')
    // @ts-expect-error -- no such option
    expect(() => centred({ powers: 1 })).toThrow('powers')
  })

  test('names the image whose outputs are not finite', async () => {
    const logits = createMatrix(2, 2, Float32Array.of(1, 2, 3, Number.POSITIVE_INFINITY))
    await expect(largest().score({ logits })).rejects.toThrow('logits of image 1 holds Infinity')
  })

  test('looks at what is learnt from as it does at what is scored', async () => {
    const embedding = createMatrix(2, 2, Float32Array.of(1, 2, Number.NaN, 4))
    const good = { embedding: createMatrix(2, 2), labels: Int32Array.of(0, 0) }
    await expect(centred().fit([good, { embedding, labels: Int32Array.of(0, 0) }])).rejects.toThrow(
      'score "centred", training batch from image 2 on: embedding of image 1 holds NaN',
    )
    await expect(centred().fit([{ ...good, labels: Int32Array.of(0) }])).rejects.toThrow('2 images have 1 labels')
  })

  test('says on which images a score is best fitted', () => {
    expect([largest.fitsOn, centred().fitsOn]).toEqual(['training', 'training'])
    const spec = { name: 'sure', needs: ['logits'], score: () => new Float64Array(0) } as const
    const sure = defineScore({ ...spec, fitsOn: 'validation', fit: async () => ({}) })
    expect([sure.fitsOn, sure().fitsOn]).toEqual(['validation', 'validation'])
  })

  test('the head must lie between the embedding and the logits', async () => {
    const head = defineScore({
      name: 'headed',
      needs: ['embedding', 'logits', 'head'],
      score: ({ logits }) => new Float64Array(logits.rows),
    })
    const [weight, bias] = [createMatrix(5, 3), new Float32Array(5)]
    await expect(head().score({ ...id, head: { weight, bias } })).rejects.toThrow(
      'the head takes embeddings of 3 numbers, but they have 24',
    )
    await expect(head().score({ ...id, logits: createMatrix(30, 4) })).rejects.toThrow(
      'the head has 5 classes, but 4 logits were given',
    )
  })

  test('refuses a formula that gives NaN or too few numbers', async () => {
    const short = defineScore({ name: 'short', needs: ['logits'], score: () => new Float64Array(1) })
    const bad = defineScore({
      name: 'bad',
      needs: ['logits'],
      score: ({ logits }) => new Float64Array(logits.rows).fill(Number.NaN),
    })
    await expect(short().score(id)).rejects.toThrow('gave 1 numbers for 30 images')
    await expect(bad().score(id)).rejects.toThrow(InvalidInputError)
  })
})
