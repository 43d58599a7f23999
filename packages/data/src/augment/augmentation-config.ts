import * as z from 'zod'

/** A random part of the image, resized to all of it (Szegedy et al. 2015). */
export interface ResizedCropConfig {
  readonly kind: 'resized'
  /** Smallest and largest part of the image's area. */
  readonly scale: readonly [number, number]
  /** Narrowest and widest ratio of width to height. */
  readonly ratio: readonly [number, number]
}

/** A part as large as the image, out of the image with a black border. */
export interface PaddedCropConfig {
  readonly kind: 'padded'
  readonly padding: number
}

/** Changes of colour in random order: factors from 1 - x to 1 + x, hue by up to `hue` of a circle either way. */
export interface ColorJitterConfig {
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
  readonly hue: number
  /** How often the colours are changed at all. */
  readonly probability: number
}

/** What happens to an image before it is trained on, in this order, then it is normalised. */
export interface Augmentation {
  readonly crop: ResizedCropConfig | PaddedCropConfig | 'none'
  /** How often an image is mirrored left to right. */
  readonly flip: number
  readonly jitter: ColorJitterConfig | 'none'
  /** How often an image is made grey. */
  readonly grayscale: number
}

/** Combinations that have a name. */
export type AugmentationPreset = 'none' | 'crop-flip' | 'resized-crop-flip' | 'contrastive'

/** The name of a preset, or the parts; what is left out does not happen. */
export type AugmentationInput = AugmentationPreset | AugmentationObject

interface AugmentationObject {
  readonly crop?: ({ readonly kind: 'resized' } & Partial<ResizedCropConfig>) | PaddedCropConfig | 'none' | undefined
  readonly flip?: number | undefined
  readonly jitter?: Partial<ColorJitterConfig> | 'none' | undefined
  readonly grayscale?: number | undefined
}

const probability = z.number().min(0).max(1)
const range = (most: number) =>
  z
    .tuple([z.number().positive(), z.number().positive().max(most)])
    .refine(([low, high]) => low <= high, 'the smaller number must come first')

const parts = z.strictObject({
  crop: z
    .union([
      z.literal('none'),
      z.strictObject({
        kind: z.literal('resized'),
        scale: range(1).default([0.2, 1]).describe('smallest and largest part of the area'),
        ratio: range(Infinity)
          .default([3 / 4, 4 / 3])
          .describe('narrowest and widest ratio of width to height'),
      }),
      z.strictObject({ kind: z.literal('padded'), padding: z.int().nonnegative().describe('black pixels a side') }),
    ])
    .default('none'),
  flip: probability.default(0).describe('how often an image is mirrored left to right'),
  jitter: z
    .union([
      z.literal('none'),
      z.strictObject({
        brightness: probability.default(0.4),
        contrast: probability.default(0.4),
        saturation: probability.default(0.4),
        hue: z.number().min(0).max(0.5).default(0.1),
        probability: probability.default(0.8).describe('how often colours are changed at all'),
      }),
    ])
    .default('none'),
  grayscale: probability.default(0).describe('how often an image is made grey'),
})

const presets: Readonly<Record<AugmentationPreset, AugmentationObject>> = {
  none: {},
  // The usual one for classifiers on CIFAR (He et al. 2016).
  'crop-flip': { crop: { kind: 'padded', padding: 4 }, flip: 0.5 },
  // Those of SupCon and MODE: with cross-entropy, and with losses that compare views.
  'resized-crop-flip': { crop: { kind: 'resized' }, flip: 0.5 },
  contrastive: { crop: { kind: 'resized' }, flip: 0.5, jitter: {}, grayscale: 0.2 },
}
const names = Object.keys(presets) as [AugmentationPreset, ...AugmentationPreset[]]

/** Fills in what is left out; a name stands for its preset. */
export const augmentationSchema: z.ZodType<Augmentation, AugmentationInput> = z.union([
  z.enum(names).transform((name): Augmentation => parts.parse(presets[name]) as Augmentation),
  parts,
]) as z.ZodType<Augmentation, AugmentationInput>
