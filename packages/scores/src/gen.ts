import { defineScore, type ScoreDefinition } from '@mode-ood/core'
import * as z from 'zod'
import { perRow } from './per-row.ts'
import { softmax } from './softmax.ts'

/**
 * Generalised entropy: minus the sum of p^gamma (1 - p)^gamma over the `m` largest probabilities (all, where there are fewer
 * classes).
 *
 * Liu, Lochman and Zach, "GEN: Pushing the Limits of Softmax-Based Out-of-Distribution Detection", CVPR 2023.
 */
export const gen: ScoreDefinition<'logits', { gamma?: number | undefined; m?: number | undefined }> = defineScore({
  name: 'gen',
  needs: ['logits'],
  options: z.object({ gamma: z.number().positive().default(0.1), m: z.int().positive().default(100) }),
  score: ({ logits }, { gamma, m }) =>
    perRow(logits, (row) => {
      const largest = softmax(row).sort().reverse().subarray(0, m)
      return 0 - largest.reduce((sum, p) => sum + (p * (1 - p)) ** gamma, 0)
    }),
})
