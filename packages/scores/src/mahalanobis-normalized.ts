import type { ScoreDefinition } from '@mode-ood/core'
import { defineMahalanobis } from './define-mahalanobis.ts'

/**
 * `mahalanobis` on embeddings of unit length, in fitting and scoring ("Mahalanobis++").
 *
 * Mueller and Hein, "Mahalanobis++: Improving OOD Detection via Feature Normalization", ICML 2025.
 */
export const mahalanobisNormalized: ScoreDefinition<'embedding', Record<string, never>> = defineMahalanobis(
  'mahalanobis-normalized',
  'unit',
)
