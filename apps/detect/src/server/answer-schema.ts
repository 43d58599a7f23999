import * as z from 'zod'

const finite = z.number()

const nearestSchema = z.strictObject({
  index: z.int().nonnegative().meta({ description: 'position in the training data' }),
  name: z.string().optional().meta({ description: 'file or record' }),
  label: z.int().optional(),
  distance: finite.nonnegative().meta({ description: 'squared L2 distance' }),
  view: z.string().optional(),
})

/** What is said of one image. */
const detectionSchema = z.strictObject({
  name: z.string().meta({ description: 'file name as sent, or the position of the image' }),
  score: finite.meta({ description: 'higher: more in-distribution' }),
  pValue: finite
    .gt(0)
    .max(1)
    .meta({ description: 'at most a share p of in-distribution images has a p-value up to p' }),
  isOod: z.boolean(),
  prediction: z.int().nonnegative().optional().meta({ description: 'class the model predicts' }),
  view: z.string().optional().meta({ description: 'view of the image that decided' }),
  nearest: z.array(nearestSchema).optional(),
})

export const answerSchema: z.ZodType = z.strictObject({ detections: z.array(detectionSchema) })

export const errorSchema: z.ZodType = z.strictObject({ error: z.string().meta({ description: 'one sentence' }) })

/** Images in JSON. */
export const jsonBodySchema: z.ZodType<{ images: string[] }> = z.strictObject({
  images: z.array(z.base64()).min(1).meta({ description: 'image files in base64' }),
})

export const querySchema: z.ZodType<{ nearest: number }> = z.strictObject({
  nearest: z.coerce
    .number()
    .int()
    .min(0)
    .max(50)
    .default(0)
    .meta({ description: 'training images to name for every image' }),
}) as unknown as z.ZodType<{ nearest: number }>

export const healthSchema: z.ZodType = z.strictObject({
  status: z.literal('ok'),
  score: z.string(),
  falseAlarmRate: finite,
  confidence: finite.nullable(),
})
