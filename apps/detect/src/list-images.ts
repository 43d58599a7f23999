import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { findImages } from '@mode-ood/data'

/**
 * Files as they are, and the images in folders, in the order in which they were given.
 *
 * @throws InvalidFileError for a path that is not there, or a folder without images.
 */
export async function listImages(paths: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) {
    const found = await stat(path).catch(() => null)
    if (found === null) throw new InvalidFileError(path, 'there is no such file or folder')
    if (!found.isDirectory()) {
      files.push(path)
      continue
    }
    const names = await findImages(path)
    if (names.length === 0) throw new InvalidFileError(path, 'holds no images')
    for (const name of names) files.push(join(path, name))
  }
  return files
}
