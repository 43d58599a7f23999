import { defineScore, matrixRow, type ScoreDefinition } from '@mode-ood/core'
import * as z from 'zod'
import { argmax } from './argmax.ts'
import { distancesTo } from './statistics/distances-to.ts'
import { createRunningMean } from './statistics/running-mean.ts'

/**
 * Neural collapse inspired: <w_ŷ, z - μ> / |z - μ| + α |z|₁, with w_ŷ the head's weights of the predicted class as they are, and μ
 * the mean training embedding.
 *
 * Liu and Qin, "Detecting Out-of-Distribution Through the Lens of Neural Collapse", CVPR 2025.
 */
export const nci: ScoreDefinition<'embedding' | 'logits' | 'head', { alpha?: number | undefined }> = defineScore({
  name: 'nci',
  needs: ['embedding', 'logits', 'head'],
  options: z.object({ alpha: z.number().nonnegative().default(1e-4) }),
  async fit(training) {
    const running = createRunningMean('nci')
    for await (const { embedding } of training) running.add(embedding)
    return { mean: running.mean() }
  },
  score({ embedding, logits, head }, { alpha }, { mean }) {
    const radii = distancesTo('nci', mean, embedding)
    return radii.map((radius, row) => {
      const activations = matrixRow(embedding, row)
      const w = matrixRow(head.weight, argmax(matrixRow(logits, row)))
      const along = activations.reduce((sum, value, i) => sum + w[i]! * (value - mean[i]!), 0)
      return along / radius + alpha * activations.reduce((sum, value) => sum + Math.abs(value), 0)
    })
  },
})
