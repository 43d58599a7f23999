import { backboneSpec } from '@mode-ood/backbones'
import type { LoadedConfiguration } from '@mode-ood/command'
import { InvalidFileError } from '@mode-ood/core'
import { type Dataset, openDataset } from '@mode-ood/data'
import type { TrainingConfiguration } from './configuration-schema.ts'

/**
 * Opens the images to train on, at the size of the network.
 *
 * @throws InvalidFileError for a set without labels, with more classes than the network, or too few images for a batch.
 */
export async function openTrainingSet({
  file,
  directory,
  configuration: { model, id, batchSize },
}: LoadedConfiguration<TrainingConfiguration>): Promise<Dataset> {
  const imageSize = backboneSpec(model.architecture).inputSize
  const options = { name: 'id.train', baseDirectory: directory, imageSize, checkLabels: true }
  const dataset = await openDataset(id.train, options)
  const { labelled, classes, count } = dataset
  if (!labelled) throw new InvalidFileError(file, 'the images of "id.train" have no labels, and every loss needs them')
  if (classes && classes.length > model.classes) {
    throw new InvalidFileError(
      file,
      `"model.classes" is ${model.classes}, but the images of "id.train" are of ${classes.length} classes`,
    )
  }
  if (count < batchSize) {
    throw new InvalidFileError(file, `"batchSize" is ${batchSize}, but "id.train" has only ${count} images`)
  }
  return dataset
}
