import * as z from 'zod'

/** The outputs of a model that a set of own outputs may hold, and the labels of its images. */
export const ownArrays = ['logits', 'embedding', 'views', 'featureMap', 'labels'] as const
export type OwnArray = (typeof ownArrays)[number]

/** What a model said about a set of images, computed elsewhere. */
export interface OutputsConfig extends Partial<Readonly<Record<OwnArray, string | undefined>>> {
  readonly format: 'outputs'
  /** A .safetensors or .npz file; the others are then names in it, each its own name by default. */
  readonly path?: string | undefined
  /** How `featureMap` lies in its file; must be given with it. */
  readonly layout?: 'nhwc' | 'nchw' | undefined
}

/** The final layer of the model whose outputs are given. */
export type HeadConfig =
  | string
  | {
      /** A .safetensors or .npz file; the others are then names in it. */
      readonly path?: string | undefined
      /** [classes, dimension], as PyTorch has it. */
      readonly weight?: string | undefined
      readonly bias?: string | undefined
    }

/** A model that is not run: its outputs are read from files. */
export interface OwnModel {
  readonly outputs: {
    /** What the report calls the model. */
    readonly name?: string | undefined
    readonly head?: HeadConfig | undefined
  }
}

const text = z.string().min(1)
const described = (description: string) => text.optional().meta({ description })

export const outputsConfigSchema: z.ZodObject<OutputsShape, z.core.$strict> = z.strictObject({
  format: z.literal('outputs'),
  path: described('.safetensors or .npz; what follows are then names of arrays in it, by default as the keys'),
  logits: described('[images, classes], before softmax; a .npy file where there is no path'),
  embedding: described('[images, dimension], what enters the last layer; not normalised'),
  views: described('[images, views, dimension], each of unit length'),
  featureMap: described('the last feature map, from which the views are computed; needs layout'),
  labels: described('[images], whole numbers from 0; of no meaning in OOD sets'),
  layout: z.enum(['nhwc', 'nchw']).optional().meta({ description: 'of featureMap; PyTorch has nchw' }),
}) as unknown as z.ZodObject<OutputsShape, z.core.$strict>

export const ownModelSchema: z.ZodType<OwnModel> = z.strictObject({
  outputs: z
    .strictObject({
      name: described('what the report calls the model'),
      head: z
        .union([
          text,
          z.strictObject({
            path: described('.safetensors or .npz; weight and bias are then names in it'),
            weight: described('[classes, dimension], as in PyTorch; a .npy file where there is no path'),
            bias: described('[classes]'),
          }),
        ])
        .optional()
        .meta({ description: 'last layer, for the scores that need it: a file with weight and bias' }),
    })
    .meta({ description: 'the model is not run; the sets are of the format outputs' }),
}) as unknown as z.ZodType<OwnModel>

type OutputsShape = Record<Exclude<keyof OutputsConfig, 'format'>, z.ZodOptional<z.ZodString>> & {
  format: z.ZodLiteral<'outputs'>
}
