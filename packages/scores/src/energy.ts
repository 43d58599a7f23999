import { defineScore, type ScoreDefinition } from '@mode-ood/core'
import * as z from 'zod'
import { logSumExp } from './log-sum-exp.ts'
import { perRow } from './per-row.ts'

/**
 * Negative free energy: T · log sum exp(l / T).
 *
 * Liu et al., "Energy-based Out-of-distribution Detection", NeurIPS 2020.
 */
export const energy: ScoreDefinition<'logits', { temperature?: number | undefined }> = defineScore({
  name: 'energy',
  needs: ['logits'],
  options: z.object({ temperature: z.number().positive().default(1) }),
  score: ({ logits }, { temperature }) => perRow(logits, (row) => temperature * logSumExp(row, temperature)),
})
