import { readdir, realpath, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { refuse } from './byte-source.ts'
import { imageExtensions } from './decode-image.ts'

/**
 * Image files in a folder and its sub-folders, as paths relative to it with forward slashes. Hidden files and folders, and
 * files without an image's extension, are passed over; symbolic links are followed (not in circles). Names are ordered folder by folder by UTF-16 code unit, so
 * the order is the same on every machine, whatever its language.
 *
 * @throws InvalidFileError when the folder is absent or cannot be read.
 */
export async function findImages(folder: string): Promise<string[]> {
  const found: string[] = []
  const target = await stat(folder).catch((error: unknown) => refuse(folder, error))
  if (!target.isDirectory()) throw new InvalidFileError(folder, 'is a file, but a folder of images was expected')
  await visit(folder, '', [await realpath(folder).catch((error: unknown) => refuse(folder, error))], found)
  return found
}

async function visit(root: string, prefix: string, parents: readonly string[], found: string[]): Promise<void> {
  const folder = join(root, prefix)
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => refuse(folder, error))
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const name = prefix + entry.name
    if (await isFolder(join(root, name), entry)) {
      const target = await realpath(join(root, name))
      if (!parents.includes(target)) await visit(root, `${name}/`, [...parents, target], found)
    } else if (imageExtensions.has(extname(entry.name).toLowerCase())) {
      found.push(name)
    }
  }
}

/** A link to nothing counts as a file: if its name is an image's, decoding it says what is wrong. */
async function isFolder(path: string, entry: { isDirectory(): boolean; isSymbolicLink(): boolean }): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return stat(path).then(
    (target) => target.isDirectory(),
    () => false,
  )
}
