import * as z from 'zod'
import { defineShaping } from './shaping/define-shaping.ts'
import type { ShapingDefinition } from './shaping/shaping.ts'
import { pooledPercentiles } from './statistics/pooled-percentiles.ts'

/**
 * Rectified activations: the energy of W min(z, c) + b, c the `percentile` of all training activations pooled. Fitting takes two
 * passes.
 *
 * Sun, Guo and Li, "ReAct: Out-of-distribution Detection With Rectified Activations", NeurIPS 2021.
 */
export const react: ShapingDefinition<{ percentile?: number | undefined }> = defineShaping({
  name: 'react',
  options: z.object({ percentile: z.number().min(0).max(100).default(90) }),
  async fit(training, { percentile }) {
    const [ceiling] = await pooledPercentiles('react', training, [percentile])
    return { ceiling: ceiling! }
  },
  reshape(activations, _, { ceiling }) {
    for (let i = 0; i < activations.length; i++) activations[i] = Math.min(activations[i]!, ceiling)
  },
})
