/** What an evaluation found: the content of `results.json`, version 1. Every metric is a fraction in 0..1. */
export interface Results {
  readonly schemaVersion: 1
  /** When the evaluation ended, ISO 8601. */
  readonly createdAt: string
  /** Share of the ID test images that the model classifies correctly; null when they have no labels or the model no classifier. */
  readonly idAccuracy: number | null
  readonly model: ModelSummary
  readonly id: {
    readonly train: DatasetSummary
    readonly test: DatasetSummary
    /** ID images that some scores were fitted on instead of training images. */
    readonly validation?: DatasetSummary | undefined
  }
  /** Names are unique. */
  readonly ood: readonly OodSummary[]
  readonly scores: readonly ScoreResult[]
  /** Seconds per stage, in the order the stages ran. */
  readonly timings: Readonly<Record<string, number>>
  readonly environment: Environment
  /** For every OOD set the scores in the order of their AUROC; absent in results of older versions. */
  readonly rankings?: readonly SetRanking[] | undefined
  /** Tables of papers to show beside, each under its own protocol; only where they were asked for. */
  readonly published?: readonly PublishedTable[] | undefined
  /** Sentences a reader of the numbers should know. */
  readonly warnings: readonly string[]
}

export interface ModelSummary {
  /** What the model is, for a person: `cifar-resnet20, resnet20.safetensors`. */
  readonly description: string
  readonly hash: string
  /** 0 for a model without classifier. */
  readonly classes: number
  /** Side of the square input, in pixels; 0 where outputs were given and no image was read. */
  readonly inputSize: number
  /** Per channel, of pixels scaled to 0..1; empty where no image was read. */
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

export interface DatasetSummary {
  readonly name: string
  /** Images that were evaluated; skipped ones not counted. */
  readonly count: number
  readonly hash: string
  /** Format and files or path. */
  readonly description: string
  readonly skipped: readonly { readonly file: string; readonly reason: string }[]
}

export interface OodSummary extends DatasetSummary {
  /** `near`, `far` or any word but `all`. */
  readonly group: string
}

/** The metrics of one score on one OOD set, or their unweighted mean over sets. */
export interface Metrics {
  /** P(ID score > OOD score) + ½ P(equal). */
  readonly auroc: number
  /** Area under precision-recall with ID positive. */
  readonly auprId: number
  /** Area under precision-recall with OOD positive. */
  readonly auprOod: number
  /** Share of OOD accepted where at least 95 % of ID is kept. */
  readonly fpr95IdPositive: number
  /** Share of ID rejected where at least 95 % of OOD is caught. */
  readonly fpr95OodPositive: number
  /** As `fpr95IdPositive`, by the thresholding rule of the MODE paper's code; for parity only. */
  readonly fpr95Paper: number
  readonly detectionError: number
}

export interface SetResult extends Metrics {
  /** Name of an entry of `ood`. */
  readonly name: string
  readonly group: string
  readonly count: number
  /** 95 % interval of the AUROC. */
  readonly aurocInterval: readonly [low: number, high: number]
}

export interface ScoreResult {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  /** One entry for every OOD set. */
  readonly sets: readonly SetResult[]
  /** Unweighted means over the sets of each group, and over all of them. */
  readonly averages: Readonly<Record<string, Metrics>> & { readonly all: Metrics }
}

/** The scores on one OOD set, best AUROC first. */
export interface SetRanking {
  /** Name of an entry of `ood`. */
  readonly set: string
  readonly scores: readonly RankedScore[]
}

export interface RankedScore {
  /** As `scoreLabels(scores)` gives it. */
  readonly label: string
  /** From 1; scores of equal AUROC share one. */
  readonly rank: number
  readonly auroc: number
  readonly aurocInterval: readonly [low: number, high: number]
  /** How far behind the best; null for the best itself, and where a side has fewer than two images. */
  readonly behind: Deficit | null
}

/** The best score's AUROC minus this one's, by DeLong's test for scores of the same images. */
export interface Deficit {
  readonly difference: number
  /** 95 % interval of the difference. */
  readonly interval: readonly [low: number, high: number]
  /** Two-sided, of this comparison alone. */
  readonly pValue: number
  /** After Holm's correction for all comparisons with the best on this set. */
  readonly adjustedPValue: number
}

/** Numbers that a paper prints, as means over its own sets. They are of other images and other networks. */
export interface PublishedTable {
  /** What was evaluated: `CIFAR-10, ResNet-18`. */
  readonly title: string
  /** Networks, training and sets: what a number of this table depends on. */
  readonly protocol: string
  readonly rows: readonly PublishedRow[]
}

export interface PublishedRow {
  readonly method: string
  readonly source: string
  readonly fpr95IdPositive: number
  readonly auroc: number
  /** What a reader of this row should know. */
  readonly note?: string | undefined
}

export interface Environment {
  readonly modeOod: string
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly onnxruntime: string
  readonly commit?: string | undefined
}
