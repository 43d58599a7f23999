import type { Images } from '@mode-ood/core'
import { mapInOrder } from '../map-in-order.ts'
import type { Augmenter } from './augmenter.ts'
import type { ImageSource } from './image-source.ts'

/** Augmented images with their classes. */
export interface AugmentedBatch {
  /** View 1 of all images, then view 2 of all. */
  readonly images: Images
  /** Of each image once; null when the set has none. */
  readonly labels: Int32Array | null
}

export interface AugmentedBatchesOptions {
  /** Positions of all images wanted, in their order; what does not fill a last batch is left out. */
  readonly order: Int32Array
  readonly batchSize: number
  /** Counted from 0. */
  readonly epoch: number
  /** Batches being read and augmented while the consumer works; 3 by default. */
  readonly ahead?: number
}

/** Batches of augmented images, prepared ahead on the augmenter's threads, in order whichever is ready first. */
export async function* augmentedBatches(
  source: ImageSource,
  augmenter: Augmenter,
  { order, batchSize, epoch, ahead = 3 }: AugmentedBatchesOptions,
): AsyncGenerator<AugmentedBatch> {
  const batches = Math.floor(order.length / batchSize)
  const starts = Array.from({ length: batches }, (_, i) => i * batchSize)
  yield* mapInOrder(
    starts,
    () => ahead,
    async (start) => {
      const batch = await source.read(order.slice(start, start + batchSize))
      return { images: await augmenter.augment(batch, epoch), labels: batch.labels }
    },
  )
}
