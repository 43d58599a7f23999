import * as z from 'zod'
import { defineShaping } from './shaping/define-shaping.ts'
import { expansion, selectLargest } from './shaping/select-largest.ts'
import type { ShapingDefinition } from './shaping/shaping.ts'

/**
 * Scaling without pruning: the energy after all activations were multiplied by exp(s1 / s2), the sum of all over the sum of the
 * largest (100 - percentile) %.
 *
 * Xu et al., "Scaling for Training Time and Post-hoc Out-of-distribution Detection Enhancement", ICLR 2024.
 */
export const scale: ShapingDefinition<{ percentile?: number | undefined }> = defineShaping({
  name: 'scale',
  options: z.object({ percentile: z.number().min(0).max(100).default(85) }),
  reshape(activations, { percentile }) {
    const factor = expansion(selectLargest(activations, percentile))
    for (let i = 0; i < activations.length; i++) activations[i]! *= factor
  },
})
