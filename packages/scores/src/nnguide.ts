import { createMatrix, defineScore, InvalidInputError, matrixRow, type ScoreDefinition } from '@mode-ood/core'
import * as z from 'zod'
import { logSumExp } from './log-sum-exp.ts'
import { createRowSample } from './statistics/row-sample.ts'
import { unitScale } from './statistics/unit-scale.ts'

type NnguideOptions = { k?: number | undefined; fraction?: number | undefined; seed?: number | undefined }

/**
 * Nearest neighbour guidance: LSE(l) times the mean of the `k` largest inner products <ẑ, E_i ẑ_i> with a bank of training images,
 * E_i = LSE(l_i). The largest products, not the nearest by cosine.
 *
 * The bank is a random `fraction` of the training images, chosen by `seed`, and at least k of them. Cost: bank · dimension an
 * image.
 *
 * Park, Jung and Teoh, "Nearest Neighbor Guidance for Out-of-Distribution Detection", ICCV 2023.
 */
export const nnguide: ScoreDefinition<'embedding' | 'logits', NnguideOptions> = defineScore({
  name: 'nnguide',
  needs: ['embedding', 'logits'],
  options: z.object({
    k: z.int().positive().default(100),
    fraction: z.number().positive().max(1).default(0.01),
    seed: z.int().default(0),
  }),
  async fit(training, { k, fraction, seed }) {
    const sample = createRowSample<{ vector: Float32Array; factor: number }>(fraction, k, seed)
    for await (const { embedding, logits } of training) {
      for (let row = 0; row < embedding.rows; row++) {
        sample.offer(() => {
          const vector = matrixRow(embedding, row).slice()
          return { vector, factor: logSumExp(matrixRow(logits, row)) * unitScale(vector) }
        })
      }
    }
    const items = sample.items()
    if (items.length < k) {
      throw new InvalidInputError(`score "nnguide": k is ${k} but there are ${items.length} training images`)
    }
    const dimension = items[0]!.vector.length
    const vectors = createMatrix(items.length, dimension)
    for (const [row, { vector }] of items.entries()) vectors.data.set(vector, row * dimension)
    return { vectors, factors: Float64Array.from(items, ({ factor }) => factor) }
  },
  score({ embedding, logits }, { k }, { vectors, factors }) {
    return Float64Array.from({ length: embedding.rows }, (_, row) => {
      const query = matrixRow(embedding, row)
      const products = factors.map((factor, i) => factor * inner(query, vectors.data, i * query.length))
      const largest = products.sort().subarray(-k)
      const guidance = (largest.reduce((sum, value) => sum + value, 0) / k) * unitScale(query)
      return logSumExp(matrixRow(logits, row)) * guidance
    })
  },
})

/** Inner product of `a` with as many elements of `b` from `start` on. */
function inner(a: Float32Array, b: Float32Array, start: number): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[start + i]!
  return sum
}
