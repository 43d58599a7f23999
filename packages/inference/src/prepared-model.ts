import type { OutputName } from '@mode-ood/backbones'
import type { Head } from '@mode-ood/core'
import type { ImageSize } from './model.ts'

/** A model in the one form that is run: images are float32 [n, height, width, 3], outputs float32. */
export interface PreparedModel {
  /** The architecture or the file. */
  readonly name: string
  readonly bytes: Uint8Array
  /** What the graph calls its images. */
  readonly input: string
  /** What the graph calls its outputs; those it lacks are absent. */
  readonly tensors: Readonly<Partial<Record<OutputName, string>>>
  readonly inputSize: ImageSize
  readonly head: Head | undefined
  /** Set where the graph takes batches of exactly this many images. */
  readonly fixedBatch?: number
}
