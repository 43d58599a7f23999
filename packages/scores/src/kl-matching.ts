import { defineScore, InvalidInputError, matrixRow, type ScoreDefinition } from '@mode-ood/core'
import { argmax } from './argmax.ts'
import { perRow } from './per-row.ts'
import { softmax } from './softmax.ts'

/**
 * Minus the least Kullback-Leibler divergence KL(p‖q_c) of the prediction from a class's template: q_c is the mean prediction
 * over ID images that the model takes for class c, whatever their label; a class that is never predicted has no template.
 * Best fitted on images the model was not trained on. Natural logarithm.
 *
 * Hendrycks et al., "Scaling Out-of-Distribution Detection for Real-World Settings", ICML 2022.
 */
export const klMatching: ScoreDefinition<'logits', Record<string, never>> = defineScore({
  name: 'kl-matching',
  needs: ['logits'],
  fitsOn: 'validation',
  async fit(validation) {
    const sums: Float64Array[] = []
    const counts: number[] = []
    for await (const { logits } of validation) {
      for (let row = 0; row < logits.rows; row++) {
        const p = softmax(matrixRow(logits, row))
        const predicted = argmax(p)
        counts[predicted] = (counts[predicted] ?? 0) + 1
        const sum = (sums[predicted] ??= new Float64Array(p.length))
        for (let c = 0; c < p.length; c++) sum[c]! += p[c]!
      }
    }
    if (counts.length === 0)
      throw new InvalidInputError('score "kl-matching" learns from ID images, and there are none')
    // No probability is taken for smaller than can be told from 0, so that a divergence is finite.
    const logTemplates = sums.flatMap((sum, label) => [sum.map((p) => Math.log(Math.max(p / counts[label]!, 1e-300)))])
    return { logTemplates }
  },
  score: ({ logits }, _, { logTemplates }) =>
    perRow(logits, (row) => {
      const p = softmax(row)
      const negativeEntropy = p.reduce((sum, value) => sum + (value > 0 ? value * Math.log(value) : 0), 0)
      const crossEntropies = logTemplates.map((template) => p.reduce((sum, value, c) => sum + value * template[c]!, 0))
      return Math.max(...crossEntropies) - negativeEntropy
    }),
})
