import * as z from 'zod'

/** How the first epochs reach the learning rate: linearly, step by step. */
export interface WarmUpConfig {
  readonly epochs: number
  /** Where it begins, as a part of the learning rate. */
  readonly from: number
}

interface WithWarmUp {
  readonly warmUp?: WarmUpConfig | undefined
}

/** How the learning rate falls. */
export type ScheduleConfig =
  | (WithWarmUp & {
      readonly name: 'cosine'
      /** Whether it changes from step to step or from epoch to epoch. */
      readonly per: 'step' | 'epoch'
      /** Where it ends, as a part of the learning rate. */
      readonly final: number
    })
  | (WithWarmUp & {
      readonly name: 'step'
      /** Epochs, counted from 0, from which on the rate is multiplied by `factor` once more. */
      readonly at: readonly number[]
      readonly factor: number
    })
  | (WithWarmUp & { readonly name: 'constant' })

const warmUp = z
  .strictObject({
    epochs: z.number().positive(),
    from: z.number().min(0).max(1).default(0.1).describe('where it begins, as a part of the learning rate'),
  })
  .optional()

export const scheduleSchema: z.ZodType<ScheduleConfig> = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('cosine'),
    per: z.enum(['step', 'epoch']).default('step'),
    final: z.number().min(0).max(1).default(0).describe('where it ends, as a part of the learning rate'),
    warmUp,
  }),
  z.strictObject({
    name: z.literal('step'),
    at: z.array(z.int().nonnegative()).min(1).describe('epochs, counted from 0'),
    factor: z.number().positive().max(1).default(0.1),
    warmUp,
  }),
  z.strictObject({ name: z.literal('constant'), warmUp }),
]) as unknown as z.ZodType<ScheduleConfig>
