import * as z from 'zod'

/** Softmax cross-entropy on the classifier's logits; with two views, its mean over both. */
export interface CrossEntropyOptions {
  /** Share of the target spread evenly over all classes; 0 by default. */
  readonly labelSmoothing: number
}

/** Supervised contrastive loss (Khosla et al., NeurIPS 2020) on the vectors of a projection head. */
export interface SupConOptions {
  /** 0.1 by default. */
  readonly temperature: number
  /** The loss is scaled by temperature / baseTemperature; 0.07 by default. */
  readonly baseTemperature: number
  /** Length of the vectors that the projection head gives; 128 by default. */
  readonly projection: number
}

/** Compactness and dispersion about prototypes on the hypersphere (Ming et al., ICLR 2023). */
export interface CiderOptions {
  readonly temperature: number
  readonly projection: number
  /** Weight of the compactness term; that of the dispersion term is 1. 2 by default, as its authors train. */
  readonly compactness: number
  /** How much of a prototype stays at each update; 0.5 by default. */
  readonly prototypeMomentum: number
}

/** Attention-based local propagation, the loss of MODE (arXiv 2308.10239). */
export interface AlpaOptions {
  /** Length of the projected queries, keys and values; 80 by default. */
  readonly dimension: number
  /** 10 by default. */
  readonly inverseTemperature: number
  readonly aggregation: 'mean' | 'sum' | 'max' | 'logsum'
  /** Larger maps are averaged down to this height and width first, 4 by default: the cost is (images · positions)². */
  readonly grid: number
}

interface WithAlpa {
  readonly alpa: AlpaOptions
  /** λ in base + λ · ALPA; 1 by default. */
  readonly alpaWeight: number
}

/** A loss with all its options. */
export type LossOptions =
  | ({ readonly name: 'ce' } & CrossEntropyOptions)
  | ({ readonly name: 'supcon' } & SupConOptions)
  | ({ readonly name: 'cider' } & CiderOptions)
  | { readonly name: 'alpa'; readonly alpa: AlpaOptions }
  | ({ readonly name: 'ce+alpa' } & CrossEntropyOptions & WithAlpa)
  | ({ readonly name: 'supcon+alpa' } & SupConOptions & WithAlpa)

type Optional<T> = { readonly [K in keyof T]?: (K extends 'alpa' ? Partial<T[K]> : T[K]) | undefined }
type InputOf<T> = T extends { readonly name: infer N } ? { readonly name: N } & Optional<Omit<T, 'name'>> : never

/** A loss by its name alone, or with the options that differ from the defaults. */
export type LossInput = LossOptions['name'] | InputOf<LossOptions>

const supCon = {
  temperature: z.number().positive().default(0.1),
  baseTemperature: z.number().positive().default(0.07),
  projection: z.int().positive().default(128),
}
const crossEntropy = { labelSmoothing: z.number().min(0).lt(1).default(0) }
const alpa = z
  .strictObject({
    dimension: z.int().positive().default(80),
    inverseTemperature: z.number().positive().default(10),
    aggregation: z.enum(['mean', 'sum', 'max', 'logsum']).default('mean'),
    grid: z.int().positive().default(4),
  })
  .prefault({})
const withAlpa = { alpa, alpaWeight: z.number().positive().default(1) }
const cider = {
  temperature: supCon.temperature,
  projection: supCon.projection,
  compactness: z.number().positive().default(2),
  prototypeMomentum: z.number().min(0).lt(1).default(0.5),
}

/** Fills in the defaults; a name alone stands for `{ name }`. */
export const lossOptionsSchema: z.ZodType<LossOptions, LossInput> = z.preprocess(
  (input) => (typeof input === 'string' ? { name: input } : input),
  z.discriminatedUnion('name', [
    z.strictObject({ name: z.literal('ce'), ...crossEntropy }),
    z.strictObject({ name: z.literal('supcon'), ...supCon }),
    z.strictObject({ name: z.literal('cider'), ...cider }),
    z.strictObject({ name: z.literal('alpa'), alpa }),
    z.strictObject({ name: z.literal('ce+alpa'), ...crossEntropy, ...withAlpa }),
    z.strictObject({ name: z.literal('supcon+alpa'), ...supCon, ...withAlpa }),
  ]),
) as z.ZodType<LossOptions, LossInput>

/** Views of every image that a loss compares. */
export function viewsOfLoss({ name }: Pick<LossOptions, 'name'>): 1 | 2 {
  return name === 'ce' ? 1 : 2
}
