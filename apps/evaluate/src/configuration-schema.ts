import { architectures, type Architecture } from '@mode-ood/backbones'
import { datasetConfigSchema, type DatasetConfig } from '@mode-ood/data'
import * as z from 'zod'
import { outputsConfigSchema, ownModelSchema, type OutputsConfig, type OwnModel } from './own-outputs/outputs-config.ts'

const threeNumbers = 'expected three numbers, one a channel'
const positive = z.number().positive()
const channels = z.tuple([z.number(), z.number(), z.number()], threeNumbers)
const positiveChannels = z.tuple([positive, positive, positive], threeNumbers)
/** Keys of a model that say how its pixels are normalised. */
export const preprocessing: PreprocessingShape = {
  mean: channels.meta({ description: 'per channel, subtracted from pixels in 0..1' }),
  std: positiveChannels.meta({ description: 'per channel, what pixels are then divided by' }),
}

const architectureModel = z.strictObject({
  architecture: z.enum(architectures as [Architecture, ...Architecture[]]),
  checkpoint: z.string().meta({ description: 'safetensors, .pt or .pth with PyTorch names' }),
  classes: z.int().positive().optional(),
  logits: z.boolean().optional().meta({ description: 'false for an encoder without classifier (SupCon, MODE)' }),
  ...preprocessing,
})

const onnxModel = z.strictObject({
  onnx: z.string(),
  logits: z
    .union([z.string(), z.literal(false)])
    .optional()
    .meta({ description: 'tensor name; found in the graph when left out; false for a model without classifier' }),
  embedding: z.string().optional(),
  featureMap: z
    .union([z.string(), z.literal(false)])
    .optional()
    .meta({ description: 'tensor name; found in the graph when left out; false for a model without a map' }),
  inputSize: z.int().positive().optional(),
  ...preprocessing,
})

const nameAndGroup = { name: z.string().min(1), group: z.enum(['near', 'far']).default('far') }

/** A set of OOD images: an image set with a name and a group. */
export const oodSetSchema: z.ZodType<OodImages> = z.discriminatedUnion(
  'format',
  datasetConfigSchema.options.map((format) => format.extend(nameAndGroup)) as unknown as Formats,
) as unknown as z.ZodType<OodImages>

type Formats = typeof datasetConfigSchema.options

/** A set of images, or of outputs that a model gave for images. */
const setSchema = z.discriminatedUnion('format', [...datasetConfigSchema.options, outputsConfigSchema])
const evaluatedOodSchema = z.discriminatedUnion(
  'format',
  [...datasetConfigSchema.options, outputsConfigSchema].map((format) =>
    format.extend(nameAndGroup),
  ) as unknown as Formats,
)

/** A score by its name, with options, or from a module. */
export const scoreSchema: z.ZodType<ScoreConfiguration> = z.union([
  z.string(),
  z.looseObject({ name: z.string() }),
  z.strictObject({ module: z.string(), options: z.record(z.string(), z.unknown()).optional() }),
  z.looseObject({
    combine: z
      .array(z.union([z.string(), z.looseObject({})]))
      .min(2)
      .meta({ description: 'scores to combine by p-values' }),
  }),
])

/** A network: a known architecture with a checkpoint, or an ONNX file. */
export const networkSchema: z.ZodType<NetworkConfiguration> = z.union([
  architectureModel,
  onnxModel,
]) as unknown as z.ZodType<NetworkConfiguration>

/** What `--config` takes; `z.toJSONSchema` of it is published as schema/evaluation.schema.json. */
export const configurationSchema: z.ZodType<Configuration> = z.strictObject({
  model: z.union([architectureModel, onnxModel, ownModelSchema]),
  id: z.strictObject({
    train: setSchema.optional(),
    validation: setSchema.optional(),
    test: setSchema,
  }),
  ood: z.array(evaluatedOodSchema).min(1),
  scores: z
    .union([z.literal('all'), z.array(scoreSchema).min(1)])
    .default(['csd', 'knn', 'msp', 'energy'])
    .meta({ description: 'scores in a list; all, alone or in the list, is every known score not listed with options' }),
}) as unknown as z.ZodType<Configuration>

/** Three numbers, one a channel: red, green, blue. */
export type Channels = readonly [number, number, number]

interface Preprocessing {
  readonly mean: Channels
  readonly std: Channels
}

type PreprocessingShape = { readonly [K in keyof Preprocessing]: z.ZodType<Channels, Channels> }

/** A network that is run. */
export type NetworkConfiguration =
  | (Preprocessing & {
      readonly architecture: Architecture
      readonly checkpoint: string
      readonly classes?: number | undefined
      /** `false` for an encoder without classifier. */
      readonly logits?: boolean | undefined
    })
  | (Preprocessing & {
      readonly onnx: string
      readonly logits?: string | false | undefined
      readonly embedding?: string | undefined
      readonly featureMap?: string | false | undefined
      readonly inputSize?: number | undefined
    })
export type ModelConfiguration = NetworkConfiguration | OwnModel
export type ScoreConfiguration =
  | string
  | { readonly name: string; readonly [option: string]: unknown }
  | { readonly module: string; readonly options?: Record<string, unknown> | undefined }
  | { readonly combine: readonly unknown[]; readonly [option: string]: unknown }
export type SetConfiguration = DatasetConfig | OutputsConfig
export type OodImages = DatasetConfig & { name: string; group: 'near' | 'far' }
export type OodSetConfiguration = SetConfiguration & { name: string; group: 'near' | 'far' }

/** A checked evaluation configuration. */
export interface Configuration {
  readonly model: ModelConfiguration
  readonly id: {
    readonly train?: SetConfiguration | undefined
    readonly validation?: SetConfiguration | undefined
    readonly test: SetConfiguration
  }
  readonly ood: readonly OodSetConfiguration[]
  readonly scores: 'all' | readonly ScoreConfiguration[]
}
