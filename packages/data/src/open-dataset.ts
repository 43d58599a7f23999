import { dirname, resolve } from 'node:path'
import { InvalidOptionError } from '@mode-ood/core'
import { createDataset, type ImageReader } from './create-dataset.ts'
import type { DatasetConfig, ResizeConfig } from './dataset-config.ts'
import type { Dataset } from './dataset.ts'
import { createFileReader, type FileReaderOptions } from './file-reader.ts'
import { createDemoReader } from './demo/demo-reader.ts'
import { openCifar } from './open-cifar.ts'
import { openFolder } from './open-folder.ts'
import { openIdx } from './open-idx.ts'
import { openList } from './open-list.ts'
import { openSvhn } from './open-svhn.ts'
import { createRecordReader } from './record-reader.ts'

export interface OpenDatasetOptions {
  /** What messages call the set. */
  readonly name: string
  /** Folder the configuration's relative paths start from. */
  readonly baseDirectory: string
  /** The model's input size; images of another size are resized as the configuration says. Without it images keep theirs. */
  readonly imageSize?: number
  /** Leave images out that cannot be decoded, and report them to `onSkip`, instead of failing. */
  readonly skipCorrupt?: boolean
  /** Whether a label that names no class is an error; labels of OOD sets mean nothing, so not by default. */
  readonly checkLabels?: boolean
}

/**
 * Opens a set of images. Files that are absent, torn or of another form are errors now; damaged images are when they are read.
 *
 * @example
 * const dataset = await openDataset(
 *   { format: 'folder', path: 'dtd', resize: 'squash' },
 *   { name: 'textures', baseDirectory: process.cwd(), imageSize: 32 },
 * )
 * for await (const batch of dataset.batches({ batchSize: 64 })) console.log(batch.count)
 */
export async function openDataset(config: DatasetConfig, options: OpenDatasetOptions): Promise<Dataset> {
  return createDataset(await openReader(config, options))
}

async function openReader(config: DatasetConfig, options: OpenDatasetOptions): Promise<ImageReader> {
  const { name, baseDirectory, imageSize, skipCorrupt = false, checkLabels = false } = options
  const at = (path: string): string => resolve(baseDirectory, path)
  const fileOptions = (resize: ResizeConfig): FileReaderOptions => ({ name, resize, imageSize, skipCorrupt })
  switch (config.format) {
    case 'cifar10':
    case 'cifar100':
      return createRecordReader(await openCifar(config, name, config.files.map(at), checkLabels), config, imageSize)
    case 'svhn':
      return createRecordReader(await openSvhn(config, name, at(config.path)), config, imageSize)
    case 'idx': {
      const labels = config.labels === undefined ? undefined : at(config.labels)
      return createRecordReader(await openIdx(config, name, at(config.images), labels), config, imageSize)
    }
    case 'folder':
      return createFileReader(await openFolder(config, at(config.path)), fileOptions(config))
    case 'list': {
      const file = at(config.path)
      return createFileReader(
        await openList(file, config.root ? at(config.root) : dirname(file), checkLabels),
        fileOptions(config),
      )
    }
    case 'demo':
      return createDemoReader(config, { name, imageSize })
    default:
      throw new InvalidOptionError(`format: "${(config as { format: string }).format}" is not known`)
  }
}
