import { defineScore, type ScoreDefinition } from '@mode-ood/core'
import { perRow } from './per-row.ts'
import { softmax } from './softmax.ts'

/**
 * Maximum softmax probability: max p, in (0, 1].
 *
 * Hendrycks and Gimpel, "A Baseline for Detecting Misclassified and Out-of-Distribution Examples in Neural Networks", ICLR
 * 2017.
 */
export const msp: ScoreDefinition<'logits', Record<string, never>> = defineScore({
  name: 'msp',
  needs: ['logits'],
  score: ({ logits }) => perRow(logits, (row) => Math.max(...softmax(row))),
})
