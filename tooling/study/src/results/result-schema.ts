import * as z from 'zod'

/** AUROC of one score minus that of another on the same images. */
export interface Difference {
  /** A fraction. */
  readonly value: number
  /** 95 %, DeLong's: of other images. */
  readonly interval: readonly [number, number]
  /** Two-sided, not corrected for the number of tests. */
  readonly pValue: number
}

export interface DecisionOnSet {
  readonly set: string
  readonly group: 'near' | 'far'
  readonly count: number
  readonly auroc: number
  readonly aurocInterval: readonly [number, number]
  readonly fpr95IdPositive: number
  readonly overKnn: Difference
}

export interface MeasuredDecision {
  readonly name: string
  /** Of training images against those whose class is taken out of the bank: all that a choice on ID data alone looks at. */
  readonly heldOutAuroc: number
  readonly sets: readonly DecisionOnSet[]
}

/** One trained network under every decision: a file. */
export interface ArmResult {
  readonly schemaVersion: 1
  readonly arm: string
  readonly seed: number
  readonly epochs: number
  readonly continuationEpochs: number
  readonly images: { readonly train: number; readonly test: number }
  /** `classifier`: of the linear layer, null for an arm without one; the others by nearest neighbours. */
  readonly accuracy: {
    readonly classifier: number | null
    readonly embedding: number
    readonly quadrants: number
    readonly quadrantsAcross: number
  }
  /** Share of ID test images of which no region is nearer than the whole. */
  readonly wholeDecides: number
  readonly decisions: readonly MeasuredDecision[]
  /** SHA-256 of its file. */
  readonly network: string
  readonly environment: Readonly<Record<string, unknown>>
}

/** Two arms of a seed on the same images: a file. */
export interface ComparisonResult {
  readonly schemaVersion: 1
  readonly arm: string
  readonly base: string
  readonly seed: number
  readonly decisions: readonly {
    readonly name: string
    readonly sets: readonly { readonly set: string; readonly overBase: Difference }[]
  }[]
}

const share = z.number().min(0).max(1)
const interval = z.tuple([z.number(), z.number()])
const difference = z.strictObject({ value: z.number(), interval, pValue: share })
const version = z.literal(1)
const seed = z.int().positive()

const decisionOnSet = z.strictObject({
  set: z.string(),
  group: z.enum(['near', 'far']),
  count: z.int(),
  auroc: share,
  aurocInterval: interval,
  fpr95IdPositive: share,
  overKnn: difference,
})

export const armResultSchema: z.ZodType<ArmResult> = z.strictObject({
  schemaVersion: version,
  arm: z.string(),
  seed,
  epochs: z.int(),
  continuationEpochs: z.int(),
  images: z.strictObject({ train: z.int(), test: z.int() }),
  accuracy: z.strictObject({
    classifier: share.nullable(),
    embedding: share,
    quadrants: share,
    quadrantsAcross: share,
  }),
  wholeDecides: share,
  decisions: z.array(z.strictObject({ name: z.string(), heldOutAuroc: share, sets: z.array(decisionOnSet) })),
  network: z.string(),
  environment: z.record(z.string(), z.unknown()),
})

const comparisonOnSet = z.strictObject({ set: z.string(), overBase: difference })

export const comparisonResultSchema: z.ZodType<ComparisonResult> = z.strictObject({
  schemaVersion: version,
  arm: z.string(),
  base: z.string(),
  seed,
  decisions: z.array(z.strictObject({ name: z.string(), sets: z.array(comparisonOnSet) })),
})
