import type { ScoreDefinition } from '@mode-ood/core'
import { defineMahalanobis } from './define-mahalanobis.ts'

/**
 * Minus the squared Mahalanobis distance to the nearest class mean: -min over c of (z - μ_c)ᵀ Σ⁻¹ (z - μ_c), with Σ the
 * within-class covariance of all training images, divided by their number. Classes by label. A singular Σ is shrunk: see
 * `shrinkage` in the state.
 *
 * Cost of fitting: dimension² / 2 an image and dimension³ / 6; of scoring: dimension² / 2 + classes · dimension an image.
 *
 * Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks", NeurIPS 2018 (of
 * the last layer, without input noise).
 */
export const mahalanobis: ScoreDefinition<'embedding', Record<string, never>> = defineMahalanobis('mahalanobis', 'raw')
