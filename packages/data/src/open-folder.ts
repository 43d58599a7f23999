import { InvalidFileError, InvalidOptionError } from '@mode-ood/core'
import type { FolderConfig } from './dataset-config.ts'
import { findImages } from './find-images.ts'
import type { ImageFiles } from './image-file.ts'

/**
 * An image folder. When every image lies in a sub-folder, the first-level sub-folders are the classes and their sorted names
 * (or `classes`) the order of the labels; when any image lies in the folder itself the set has no labels.
 *
 * @throws InvalidFileError when the folder is absent or holds no image.
 * @throws InvalidOptionError when an image lies outside the sub-folders that `classes` names.
 */
export async function openFolder(config: FolderConfig, root: string): Promise<ImageFiles> {
  const names = await findImages(root)
  if (names.length === 0) throw new InvalidFileError(root, 'holds no images (jpg, png, webp, gif, tif, avif)')
  const folders = new Set(names.map(firstFolder))
  if (!config.classes && folders.has('')) return { root, names, labels: null, classes: null }
  const classes = config.classes ?? [...folders].sort()
  const labelOf = new Map(classes.map((name, label) => [name, label]))
  const labels = Int32Array.from(names, (name) => labelOf.get(firstFolder(name)) ?? refuseClass(root, name))
  return { root, names, labels, classes }
}

function firstFolder(name: string): string {
  return name.includes('/') ? name.slice(0, name.indexOf('/')) : ''
}

function refuseClass(root: string, name: string): never {
  throw new InvalidOptionError(`classes: the image ${name} in ${root} lies in no sub-folder that is named there`)
}
