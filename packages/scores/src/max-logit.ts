import { defineScore, type ScoreDefinition } from '@mode-ood/core'
import { perRow } from './per-row.ts'

/**
 * The largest logit.
 *
 * Hendrycks et al., "Scaling Out-of-Distribution Detection for Real-World Settings", ICML 2022.
 */
export const maxLogit: ScoreDefinition<'logits', Record<string, never>> = defineScore({
  name: 'max-logit',
  needs: ['logits'],
  score: ({ logits }) => perRow(logits, (row) => Math.max(...row)),
})
