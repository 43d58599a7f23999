import * as z from 'zod'
import { defineShaping } from './shaping/define-shaping.ts'
import { expansion, selectLargest } from './shaping/select-largest.ts'
import type { ShapingDefinition } from './shaping/shaping.ts'

/**
 * Activation shaping, scaled: the energy after the largest (100 - percentile) % of the activations were multiplied by exp(s1 / s2),
 * the sum of all over the sum of those kept, and the others set to 0.
 *
 * Djurisic et al., "Extremely Simple Activation Shaping for Out-of-Distribution Detection", ICLR 2023.
 */
export const ashS: ShapingDefinition<{ percentile?: number | undefined }> = defineShaping({
  name: 'ash-s',
  options: z.object({ percentile: z.number().min(0).max(100).default(65) }),
  reshape(activations, { percentile }) {
    const selection = selectLargest(activations, percentile)
    const factor = expansion(selection)
    for (let i = 0; i < activations.length; i++) activations[i]! *= selection.isKept[i]! * factor
  },
})
