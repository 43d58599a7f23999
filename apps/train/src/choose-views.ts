import { InvalidFileError } from '@mode-ood/core'
import { type Augmentation, augmentationSchema } from '@mode-ood/data'
import { viewsOfLoss } from '@mode-ood/training'
import type { TrainingConfiguration } from './configuration-schema.ts'

/** How images come into a batch. */
export interface ChosenViews {
  /** Random views of every image. */
  readonly views: 1 | 2
  readonly augmentation: Augmentation
}

/**
 * Views and augmentation of a training, with the defaults of its loss: one view, cut and mirrored, for cross-entropy, two strongly changed
 * ones for losses that compare them.
 *
 * @throws InvalidFileError when a loss that compares two views is to get one.
 */
export function chooseViews(
  { loss, views, augmentation }: Pick<TrainingConfiguration, 'loss' | 'views' | 'augmentation'>,
  file: string,
): ChosenViews {
  const needed = viewsOfLoss(loss)
  if (views !== undefined && views < needed) {
    throw new InvalidFileError(file, `"views" is ${views}, but the loss ${loss.name} compares ${needed}`)
  }
  return {
    views: views ?? needed,
    augmentation: augmentation ?? augmentationSchema.parse(needed === 1 ? 'crop-flip' : 'contrastive'),
  }
}
