import * as z from 'zod'

/** Options of `csd`; what is not given is the decision of the paper. */
export interface CsdOptions {
  /** Which neighbour of a view is looked at; 10 unless given. */
  readonly k?: number | undefined
  /** What k counts: `vectors` of the bank, six of which may be one image's, or `images`, each by its nearest view. */
  readonly neighbors?: 'vectors' | 'images' | undefined
  /** `shared`: any view may match any view of a training image; `per-view`: only the same view. */
  readonly banks?: 'shared' | 'per-view' | undefined
  /** Whether a view's distance is first put on the scale of training images: their median becomes 0, their 95th percentile 1. */
  readonly calibrated?: boolean | undefined
  /** What becomes of an image's six distances: the least, their mean, or a soft minimum between the two. */
  readonly aggregation?: 'min' | 'mean' | 'soft-min' | undefined
  /** How near the soft minimum comes to the least: -log(mean of exp(-b d)) / b; 10 unless given. */
  readonly inverseTemperature?: number | undefined
}

/** No default but k's, so that results show only what was asked for. */
export const csdOptions: z.ZodType<CsdOptions & { readonly k: number }, CsdOptions> = z
  .strictObject({
    k: z.int().positive().default(10),
    neighbors: z.enum(['vectors', 'images']).optional(),
    banks: z.enum(['shared', 'per-view']).optional(),
    calibrated: z.boolean().optional(),
    aggregation: z.enum(['min', 'mean', 'soft-min']).optional(),
    inverseTemperature: z.number().positive().optional(),
  })
  .refine(({ aggregation, inverseTemperature }) => inverseTemperature === undefined || aggregation === 'soft-min', {
    path: ['inverseTemperature'],
    message: 'only aggregation "soft-min" has one',
  })
