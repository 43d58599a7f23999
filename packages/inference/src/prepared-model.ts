import type { OutputName } from '@mode-ood/backbones'
import type { Head } from '@mode-ood/core'
import type { ImageSize } from './model.ts'

/** A model in the one form that is run: input `images` float32 [n, height, width, 3], float32 outputs by their names. */
export interface PreparedModel {
  readonly name: string
  readonly bytes: Uint8Array
  readonly inputSize: ImageSize
  readonly outputs: readonly OutputName[]
  readonly head: Head | undefined
  /** Set where the graph takes batches of exactly this many images. */
  readonly fixedBatch?: number
}
