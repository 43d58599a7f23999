import { defineScore, negate, normalizeRows, type ScoreDefinition } from '@mode-ood/core'
import { createFeatureBank } from '@mode-ood/feature-bank'
import * as z from 'zod'

/**
 * Minus the squared L2 distance of the normalised embedding to its `k`-th nearest normalised training embedding, in [-4, 0].
 *
 * Sun et al., "Out-of-Distribution Detection with Deep Nearest Neighbors", ICML 2022.
 */
export const knn: ScoreDefinition<'embedding', { k?: number | undefined }> = defineScore({
  name: 'knn',
  needs: ['embedding'],
  options: z.object({ k: z.int().positive().default(50) }),
  async fit(training) {
    const bank = await createFeatureBank()
    for await (const { embedding, labels } of training) await bank.add(normalizeRows(embedding), labels)
    return { bank }
  },
  score: async ({ embedding }, { k }, { bank }) => negate(await bank.kthDistance(normalizeRows(embedding), k)),
  async explain({ embedding }, neighbors, _, { bank }) {
    const width = Math.min(neighbors, bank.size)
    const { distances, indices } = await bank.search(normalizeRows(embedding), width)
    return Array.from({ length: embedding.rows }, (__, image) => ({
      neighbors: Array.from({ length: width }, (___, i) => ({
        row: indices[image * width + i]!,
        distance: distances[image * width + i]!,
      })),
    }))
  },
})
