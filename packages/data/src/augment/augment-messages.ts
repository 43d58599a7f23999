import type { Images } from '@mode-ood/core'
import type { ImageBatch } from '../dataset.ts'

/** A batch to augment. */
export interface AugmentRequest {
  readonly id: number
  readonly batch: Omit<ImageBatch, 'labels'>
  readonly epoch: number
}

export interface AugmentReply {
  readonly id: number
  readonly images: Images
}
