import { defineScore, negate, type ScoreDefinition } from '@mode-ood/core'
import { collectMoments, overallMean, totalCovariance } from './statistics/moments.ts'
import { squaredNorms } from './statistics/squared-norms.ts'
import { createWhitening, whiten } from './statistics/whitening.ts'

/**
 * SSD+ with one cluster: -(ẑ - μ)ᵀ Σ⁻¹ (ẑ - μ), μ and Σ the mean and total covariance of the training embeddings of unit length.
 * Labels are not looked at. A singular Σ is shrunk, as in `mahalanobis`.
 *
 * Sehwag, Chiang and Mittal, "SSD: A Unified Framework for Self-Supervised Outlier Detection", ICLR 2021.
 */
export const ssd: ScoreDefinition<'embedding', Record<string, never>> = defineScore({
  name: 'ssd',
  needs: ['embedding'],
  async fit(training) {
    const moments = await collectMoments('ssd', training, 'unit')
    return createWhitening('ssd', overallMean(moments), totalCovariance(moments))
  },
  score: ({ embedding }, _, whitening) => negate(squaredNorms(whiten('ssd', whitening, embedding, 'unit'))),
})
