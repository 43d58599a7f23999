import { defineScore, type ScoreDefinition } from '@mode-ood/core'
import { fitClassGaussians, nearestClassDistances } from './statistics/class-gaussians.ts'
import { collectMoments, overallMean, totalCovariance } from './statistics/moments.ts'
import { squaredNorms } from './statistics/squared-norms.ts'
import { createWhitening, whiten } from './statistics/whitening.ts'

/** The relative Mahalanobis score on embeddings as they are, or divided by their norms. */
export function defineRmds(name: string, form: 'raw' | 'unit'): ScoreDefinition<'embedding', Record<string, never>> {
  return defineScore({
    name,
    needs: ['embedding'],
    async fit(training) {
      const moments = await collectMoments(name, training, form)
      const classes = await fitClassGaussians(name, moments)
      return { classes, background: await createWhitening(name, overallMean(moments), totalCovariance(moments)) }
    },
    score({ embedding }, _, { classes, background }) {
      const nearest = nearestClassDistances(name, classes, embedding, form)
      const toBackground = squaredNorms(whiten(name, background, embedding, form))
      return toBackground.map((distance, row) => distance - nearest[row]!)
    },
  })
}
