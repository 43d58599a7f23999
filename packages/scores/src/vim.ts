import { defineScore, InvalidInputError, type ScoreDefinition, type TrainingData } from '@mode-ood/core'
import * as z from 'zod'
import { logSumExp } from './log-sum-exp.ts'
import { perRow } from './per-row.ts'
import { distancesTo } from './statistics/distances-to.ts'
import { fitNullSpace, residualNorms, type NullSpace } from './statistics/null-space.ts'
import { repeatable } from './statistics/repeatable.ts'

/**
 * Virtual-logit matching: LSE(l) - α |N'(z - u)|. u = -pinv(W) b; N holds the eigenvectors of E[(z - u)(z - u)ᵀ] beyond the D largest; α
 * makes the mean of the second term the mean largest logit, on the training images.
 *
 * `dimension` is D, 0 < D < d: by default 256 for embeddings of d = 512 numbers, 1000 for 2048, else d / 2. Fitting takes two passes and
 * an eigendecomposition; scoring (d - D) · d an image.
 *
 * Wang et al., "ViM: Out-Of-Distribution with Virtual-logit Matching", CVPR 2022.
 */
export const vim: ScoreDefinition<'embedding' | 'logits' | 'head', { dimension?: number | undefined }> = defineScore({
  name: 'vim',
  needs: ['embedding', 'logits', 'head'],
  options: z.object({ dimension: z.int().positive().optional() }),
  async fit(training, { dimension }) {
    const data = repeatable('vim', training)
    const space = await fitNullSpace('vim', data, dimension)
    return { ...space, alpha: await matchScale(data, space) }
  },
  score({ embedding, logits }, _, { alpha, ...space }) {
    const norms = residualNorms('vim', space, embedding)
    return perRow(logits, (row) => logSumExp(row)).map((energy, row) => energy - alpha * norms[row]!)
  },
})

/** Mean largest logit divided by mean residual. */
async function matchScale(training: TrainingData<'embedding' | 'logits'>, space: NullSpace): Promise<number> {
  let logitSum = 0
  let normSum = 0
  let radiusSum = 0
  for await (const { embedding, logits } of training) {
    for (const value of perRow(logits, (row) => Math.max(...row))) logitSum += value
    for (const value of residualNorms('vim', space, embedding)) normSum += value
    for (const value of distancesTo('vim', space.origin, embedding)) radiusSum += value
  }
  // Below this the residual is what rounding leaves.
  if (normSum > 1e-9 * radiusSum) return logitSum / normSum
  throw new InvalidInputError(
    `score "vim": the training embeddings lie within ${space.principal} dimensions, so there is no residual to scale by; give a smaller "dimension"`,
  )
}
