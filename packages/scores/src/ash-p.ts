import * as z from 'zod'
import { defineShaping } from './shaping/define-shaping.ts'
import { selectLargest } from './shaping/select-largest.ts'
import type { ShapingDefinition } from './shaping/shaping.ts'

/**
 * Activation shaping, pruned: the energy after all but the largest (100 - percentile) % of the activations were set to 0.
 *
 * Djurisic et al., "Extremely Simple Activation Shaping for Out-of-Distribution Detection", ICLR 2023.
 */
export const ashP: ShapingDefinition<{ percentile?: number | undefined }> = defineShaping({
  name: 'ash-p',
  options: z.object({ percentile: z.number().min(0).max(100).default(90) }),
  reshape(activations, { percentile }) {
    const { isKept } = selectLargest(activations, percentile)
    for (let i = 0; i < activations.length; i++) activations[i]! *= isKept[i]!
  },
})
