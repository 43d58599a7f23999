import * as z from 'zod'
import { defineShaping } from './shaping/define-shaping.ts'
import type { ShapingDefinition } from './shaping/shaping.ts'
import { pooledPercentiles } from './statistics/pooled-percentiles.ts'

/**
 * Variational rectified activations: the energy after activations below the `low` percentile of all training activations pooled
 * became 0 and those above the `high` one that bound. Fitting takes two passes.
 *
 * Xu et al., "VRA: Variational Rectified Activation for Out-of-distribution Detection", NeurIPS 2023.
 */
export const vra: ShapingDefinition<{ low?: number | undefined; high?: number | undefined }> = defineShaping({
  name: 'vra',
  options: z
    .object({ low: z.number().min(0).max(100).default(10), high: z.number().min(0).max(100).default(90) })
    .refine(({ low, high }) => low < high, { path: ['low'], message: 'must be below "high"' }),
  async fit(training, { low, high }) {
    const [floor, ceiling] = await pooledPercentiles('vra', training, [low, high])
    return { floor: floor!, ceiling: ceiling! }
  },
  reshape(activations, _, { floor, ceiling }) {
    for (let i = 0; i < activations.length; i++) {
      const value = activations[i]!
      activations[i] = value < floor ? 0 : Math.min(value, ceiling)
    }
  },
})
