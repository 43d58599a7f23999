import { defineScore, type ScoreDefinition } from '@mode-ood/core'
import { perRow } from './per-row.ts'
import { softmax } from './softmax.ts'

/**
 * Minus the entropy of the prediction: sum of p log p, in [-log C, 0], natural logarithm.
 *
 * Used for out-of-distribution detection by Ren et al., "Likelihood Ratios for Out-of-Distribution Detection", NeurIPS 2019,
 * among others.
 */
export const entropy: ScoreDefinition<'logits', Record<string, never>> = defineScore({
  name: 'entropy',
  needs: ['logits'],
  score: ({ logits }) =>
    perRow(logits, (row) => softmax(row).reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0)),
})
