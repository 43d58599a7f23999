import { defineScore, negate, type ScoreDefinition } from '@mode-ood/core'
import * as z from 'zod'
import { fitNullSpace, residualNorms } from './statistics/null-space.ts'

/**
 * Minus the length of the embedding's part outside the principal space of the training embeddings: -|N'(z - u)|, as in `vim`, whose
 * authors give it as an ablation. `dimension` is D, by default as there.
 *
 * Wang et al., "ViM: Out-Of-Distribution with Virtual-logit Matching", CVPR 2022.
 */
export const residual: ScoreDefinition<'embedding' | 'head', { dimension?: number | undefined }> = defineScore({
  name: 'residual',
  needs: ['embedding', 'head'],
  options: z.object({ dimension: z.int().positive().optional() }),
  fit: (training, { dimension }) => fitNullSpace('residual', training, dimension),
  score: ({ embedding }, _, space) => negate(residualNorms('residual', space, embedding)),
})
