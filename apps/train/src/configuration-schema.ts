import { architectures, type Architecture } from '@mode-ood/backbones'
import { augmentationSchema, type Augmentation, type DatasetConfig, datasetConfigSchema } from '@mode-ood/data'
import {
  type Channels,
  oodSetSchema,
  type OodImages,
  preprocessing,
  type ScoreConfiguration,
  scoreSchema,
} from '@mode-ood/evaluate'
import { type LossOptions, lossOptionsSchema, type OptimizerOptions, optimizerOptionsSchema } from '@mode-ood/training'
import * as z from 'zod'
import { type ScheduleConfig, scheduleSchema } from './schedule/schedule-config.ts'

const losses = ['ce', 'supcon', 'cider', 'alpa', 'ce+alpa', 'supcon+alpa'] as const

const model = z.strictObject({
  architecture: z.enum(architectures as [Architecture, ...Architecture[]]),
  classes: z.int().positive(),
  checkpoint: z.string().optional().describe('to start from, instead of random weights; safetensors, .pt or .pth'),
  frozenStages: z
    .int()
    .positive()
    .optional()
    .describe('the stem and so many stages stay as the checkpoint has them, running statistics too'),
  ...preprocessing,
})

// The options alone: a name alone has its own form here, so that editors can complete it.
const lossWithOptions = (lossOptionsSchema as unknown as z.ZodPipe<z.ZodTransform, z.ZodType<LossOptions>>).out

const optimizer = (optimizerOptionsSchema as unknown as z.ZodObject).extend({
  learningRate: z.number().positive().describe('the highest; the schedule takes it from there'),
})

/** What `--config` takes; `z.toJSONSchema` of it is published as schema/training.schema.json. */
export const configurationSchema: z.ZodType<TrainingConfiguration> = z.strictObject({
  model,
  id: z.strictObject({ train: datasetConfigSchema, test: datasetConfigSchema.optional() }),
  loss: z.union([z.enum(losses).transform((name) => lossOptionsSchema.parse(name)), lossWithOptions]),
  augmentation: augmentationSchema
    .optional()
    .describe('by default crop-flip for ce, contrastive for losses that compare two views'),
  views: z
    .union([z.literal(1), z.literal(2)])
    .optional()
    .describe('random views of every image in a batch; only ce leaves a choice'),
  optimizer,
  schedule: scheduleSchema.prefault({ name: 'cosine' } as ScheduleConfig),
  epochs: z.int().positive(),
  batchSize: z.int().min(2).describe('images a step, each counted once however many views it has'),
  workers: z
    .int()
    .positive()
    .default(1)
    .describe('threads that share every batch; batch statistics are of each its own'),
  seed: z.int().nonnegative().default(0),
  ood: z.array(oodSetSchema).default([]).describe('sets for the evaluation during training'),
  scores: z.array(scoreSchema).min(1).default(['csd', 'knn']),
  evaluateEvery: z.int().positive().optional().describe('epochs; by default only after the last'),
}) as unknown as z.ZodType<TrainingConfiguration>

/** A checked training configuration. */
export interface TrainingConfiguration {
  readonly model: {
    readonly architecture: Architecture
    readonly classes: number
    readonly checkpoint?: string | undefined
    readonly frozenStages?: number | undefined
    readonly mean: Channels
    readonly std: Channels
  }
  readonly id: { readonly train: DatasetConfig; readonly test?: DatasetConfig | undefined }
  readonly loss: LossOptions
  readonly augmentation?: Augmentation | undefined
  readonly views?: 1 | 2 | undefined
  readonly optimizer: OptimizerOptions & { readonly learningRate: number }
  readonly schedule: ScheduleConfig
  readonly epochs: number
  readonly batchSize: number
  readonly workers: number
  readonly seed: number
  readonly ood: readonly OodImages[]
  readonly scores: readonly ScoreConfiguration[]
  readonly evaluateEvery?: number | undefined
}
