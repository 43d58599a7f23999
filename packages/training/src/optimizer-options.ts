import * as z from 'zod'

/**
 * Stochastic gradient descent as PyTorch's SGD does it: v = momentum · v + g + decay · w, then w -= rate · v; with Nesterov
 * w -= rate · (g + decay · w + momentum · v).
 */
export interface OptimizerOptions {
  readonly name: 'sgd'
  /** 0.9 by default. */
  readonly momentum: number
  readonly nesterov: boolean
  /** 1e-4 by default. */
  readonly weightDecay: number
  /** What weight decay leaves alone: `vectors` are the parameters of batch normalisation and all biases. */
  readonly decayExempt: 'none' | 'vectors'
}

export type OptimizerInput = { readonly [K in keyof OptimizerOptions]?: OptimizerOptions[K] | undefined }

export const optimizerOptionsSchema: z.ZodType<OptimizerOptions, OptimizerInput> = z.strictObject({
  name: z.literal('sgd').default('sgd'),
  momentum: z.number().min(0).lt(1).default(0.9),
  nesterov: z.boolean().default(false),
  weightDecay: z.number().min(0).default(1e-4),
  decayExempt: z.enum(['none', 'vectors']).default('none'),
})
