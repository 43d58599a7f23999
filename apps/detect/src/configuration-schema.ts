import { datasetConfigSchema, type DatasetConfig } from '@mode-ood/data'
import { networkSchema, scoreSchema, type NetworkConfiguration, type ScoreConfiguration } from '@mode-ood/evaluate'
import * as z from 'zod'

const share = z.number().gt(0, 'must lie between 0 and 1').lt(1, 'must lie between 0 and 1')

/** What `detect fit --config` takes; `z.toJSONSchema` of it is published as schema/detector.schema.json. */
export const configurationSchema: z.ZodType<DetectorConfiguration> = z.strictObject({
  model: networkSchema,
  id: z.strictObject({
    train: datasetConfigSchema.meta({ description: 'images the score learns from' }),
    calibration: datasetConfigSchema.meta({
      description:
        'in-distribution images that neither the model nor the score has learnt from; they set the threshold',
    }),
  }),
  score: scoreSchema,
  falseAlarmRate: share.meta({ description: 'share of in-distribution images that may be taken for OOD' }),
  confidence: share.optional().meta({
    description: 'chance that the rate holds for these calibration images; on average over such sets when left out',
  }),
  thresholdByClass: z.boolean().default(false).meta({ description: 'a threshold for every class the model predicts' }),
}) as unknown as z.ZodType<DetectorConfiguration>

/** A checked configuration of a detector. */
export interface DetectorConfiguration {
  readonly model: NetworkConfiguration
  readonly id: { readonly train: DatasetConfig; readonly calibration: DatasetConfig }
  readonly score: ScoreConfiguration
  readonly falseAlarmRate: number
  readonly confidence?: number | undefined
  readonly thresholdByClass: boolean
}
