import { defineScore, negate, type ScoreDefinition } from '@mode-ood/core'
import { fitClassGaussians, nearestClassDistances } from './statistics/class-gaussians.ts'
import { collectMoments } from './statistics/moments.ts'

/** The Mahalanobis score on embeddings as they are, or divided by their norms. */
export function defineMahalanobis(
  name: string,
  form: 'raw' | 'unit',
): ScoreDefinition<'embedding', Record<string, never>> {
  return defineScore({
    name,
    needs: ['embedding'],
    fit: async (training) => fitClassGaussians(name, await collectMoments(name, training, form)),
    score: ({ embedding }, _, gaussians) => negate(nearestClassDistances(name, gaussians, embedding, form)),
  })
}
