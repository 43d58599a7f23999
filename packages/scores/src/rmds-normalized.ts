import type { ScoreDefinition } from '@mode-ood/core'
import { defineRmds } from './define-rmds.ts'

/**
 * `rmds` on embeddings of unit length, in fitting and scoring.
 *
 * Ren et al., ICML UDL workshop 2021; the normalisation as in Mueller and Hein, "Mahalanobis++", ICML 2025.
 */
export const rmdsNormalized: ScoreDefinition<'embedding', Record<string, never>> = defineRmds('rmds-normalized', 'unit')
