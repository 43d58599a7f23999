import { defineScore, InvalidInputError, matrixRow, type ScoreDefinition } from '@mode-ood/core'
import { argmax } from './argmax.ts'

/**
 * Simplified Hopfield energy: <z, S_ŷ>, with ŷ the predicted class and S_c the mean embedding of the training images that are of
 * class c and predicted as c. A class without such images takes the mean of all correctly classified ones.
 *
 * Zhang et al., "Out-of-Distribution Detection based on In-Distribution Data Patterns Memorization with Modern Hopfield
 * Energy", ICLR 2023.
 */
export const she: ScoreDefinition<'embedding' | 'logits', Record<string, never>> = defineScore({
  name: 'she',
  needs: ['embedding', 'logits'],
  async fit(training) {
    let sums = new Float64Array()
    let counts = new Float64Array()
    for await (const { embedding, logits, labels } of training) {
      if (counts.length === 0) {
        sums = new Float64Array(logits.columns * embedding.columns)
        counts = new Float64Array(logits.columns)
      }
      for (const [row, label] of labels.entries()) {
        if (argmax(matrixRow(logits, row)) !== label) continue
        const z = matrixRow(embedding, row)
        for (let i = 0; i < z.length; i++) sums[label * z.length + i]! += z[i]!
        counts[label]!++
      }
    }
    return { patterns: toMeans(sums, counts) }
  },
  score: ({ embedding, logits }, _, { patterns }) =>
    Float64Array.from({ length: embedding.rows }, (_row, row) => {
      const start = argmax(matrixRow(logits, row)) * embedding.columns
      return matrixRow(embedding, row).reduce((sum, value, i) => sum + value * patterns[start + i]!, 0)
    }),
})

/** Means of the classes [classes, dimension]; where a class has no image, the mean of all. */
function toMeans(sums: Float64Array, counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) {
    throw new InvalidInputError('score "she" learns from correctly classified training images, and there are none')
  }
  const dimension = sums.length / counts.length
  const overall = new Float64Array(dimension)
  for (const [at, sum] of sums.entries()) overall[at % dimension]! += sum / total
  return sums.map((sum, at) => {
    const count = counts[Math.floor(at / dimension)]!
    return count > 0 ? sum / count : overall[at % dimension]!
  })
}
