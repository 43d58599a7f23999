import { defineScore, matrixRow, type ScoreDefinition } from '@mode-ood/core'
import * as z from 'zod'
import { perRow } from './per-row.ts'
import { softmax } from './softmax.ts'

/**
 * GradNorm in closed form: |z|₁ · sum over c of |p_c - 1/C|, with p = softmax(l / T). That is the L1 norm of the gradient, in the
 * head's weights, of the cross-entropy to a uniform target, divided by C.
 *
 * Huang, Geng and Li, "On the Importance of Gradients for Detecting Distributional Shifts in the Wild", NeurIPS 2021.
 */
export const gradnorm: ScoreDefinition<'embedding' | 'logits', { temperature?: number | undefined }> = defineScore({
  name: 'gradnorm',
  needs: ['embedding', 'logits'],
  options: z.object({ temperature: z.number().positive().default(1) }),
  score: ({ embedding, logits }, { temperature }) => {
    const lengths = perRow(embedding, (row) => row.reduce((sum, value) => sum + Math.abs(value), 0))
    return lengths.map((length, row) => {
      const p = softmax(matrixRow(logits, row), temperature)
      return length * p.reduce((sum, value) => sum + Math.abs(value - 1 / p.length), 0)
    })
  },
})
