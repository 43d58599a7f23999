import type { Head } from '@mode-ood/core'
import type { Results } from '@mode-ood/report'
import type { Features } from './features.ts'
import type { GivenOutputs } from './refuse-without-outputs.ts'
import type { NamedSet } from './sets-of-run.ts'

/** Where features come from: a network that is run over images, or files that hold what one has said. */
export interface FeatureOrigin extends GivenOutputs {
  readonly head?: Head
  /** 0 where there is no classifier. */
  readonly classes: number
  /** Opens every set before the first image is run: a wrong path should not surface after an hour. */
  prepare(sets: readonly NamedSet[]): Promise<void>
  /**
   * The features of a prepared set.
   *
   * @param needs which outputs its batches must hold.
   */
  featuresOf(set: NamedSet, needs: ReadonlySet<string>): Promise<Features>
  summary(): Promise<Results['model']>
  close(): Promise<void>
}
