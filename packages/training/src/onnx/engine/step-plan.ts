import type { BackboneSpec } from '@mode-ood/backbones'
import type { LossOptions } from '../../loss-options.ts'
import type { OptimizerOptions } from '../../optimizer-options.ts'
import type { TrainingEntry } from '../../training-entries.ts'

/** What a run does at every step: plain data, the same for all its threads. */
export interface StepPlan {
  readonly spec: BackboneSpec
  /** Classes that labels may name. */
  readonly classes: number
  /** Whether the network has a classifier. */
  readonly hasClassifier: boolean
  readonly entries: readonly TrainingEntry[]
  /** The stem and so many stages do not learn. */
  readonly frozenStages: number
  readonly loss: LossOptions
  readonly views: 1 | 2
  readonly optimizer: OptimizerOptions
  readonly workers: number
}
