export type { BatchOptions, Dataset, ImageBatch, SkippedImage } from './dataset.ts'
export {
  datasetConfigSchema,
  type Cifar10Config,
  type Cifar100Config,
  type DatasetConfig,
  type DemoConfig,
  type FolderConfig,
  type IdxConfig,
  type ListConfig,
  type ResizeConfig,
  type SvhnConfig,
} from './dataset-config.ts'
export { openDataset, type OpenDatasetOptions } from './open-dataset.ts'
export { createDataset, type ImageReader, type ReadOptions } from './create-dataset.ts'
export { decodeImage, decodeImageBytes, type DecodeBytesOptions } from './decode-image.ts'
export { createFitImage, type FitImage } from './fit-image.ts'
export { findImages } from './find-images.ts'
export { normalizeImages } from './normalize-images.ts'
export { resizePixels, type Pixels, type ResizeOptions } from './resize-pixels.ts'
export { openDemo } from './demo/open-demo.ts'
export type { DemoOptions } from './demo/demo-reader.ts'
export {
  augmentationSchema,
  type Augmentation,
  type AugmentationInput,
  type AugmentationPreset,
} from './augment/augmentation-config.ts'
export { createAugmentBatch, type AugmentBatch, type AugmentBatchOptions } from './augment/augment-batch.ts'
export { openAugmenter, type Augmenter, type AugmenterOptions } from './augment/augmenter.ts'
export { openImageSource, type ImageSource, type ImageSourceOptions } from './augment/image-source.ts'
export { augmentedBatches, type AugmentedBatch, type AugmentedBatchesOptions } from './augment/augmented-batches.ts'
