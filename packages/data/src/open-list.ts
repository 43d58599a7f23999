import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { InvalidFileError } from '@mode-ood/core'
import { refuse } from './byte-source.ts'
import type { ImageFiles } from './image-file.ts'

/**
 * An image list as OpenOOD writes them: a path and a label on each line, parted by the last white space, so that paths may hold
 * spaces. Blank lines and lines that begin with # are passed over. A label of -1 is OpenOOD's for out-of-distribution.
 *
 * @param file the list.
 * @param root folder the paths are relative to.
 * @param checkLabels whether a negative label is an error.
 * @throws InvalidFileError when the list is absent, empty, has a line of another form or names a file that is absent; the
 * message begins with file:line.
 */
export async function openList(file: string, root: string, checkLabels: boolean): Promise<ImageFiles> {
  const names: string[] = []
  const labels: number[] = []
  const exists = createFolderLookup(root)
  const input = createReadStream(file, 'utf8')
  const failed = new Promise<never>((_, reject) => input.once('error', reject))
  failed.catch(() => {})
  await Promise.race([read(), failed]).catch((error: unknown) => {
    throw error instanceof InvalidFileError ? error : refuse(file, error)
  })
  if (names.length === 0) throw new InvalidFileError(file, 'names no images')
  return { root, names, labels: Int32Array.from(labels), classes: null }

  async function read(): Promise<void> {
    let line = 0
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      line++
      const entry = text.replace(/^\uFEFF/, '').trim()
      if (entry === '' || entry.startsWith('#')) continue
      const [name, label] = parseEntry(`${file}:${line}`, entry)
      if (checkLabels && label < 0) {
        throw new InvalidFileError(`${file}:${line}`, `label ${label} names no class`)
      }
      if (!(await exists(name))) throw new InvalidFileError(`${file}:${line}`, `${join(root, name)} does not exist`)
      names.push(name)
      labels.push(label)
    }
  }
}

function parseEntry(place: string, entry: string): [name: string, label: number] {
  const [, name, label] = /^(.*\S)\s+(-?\d{1,9})$/.exec(entry) ?? []
  if (name === undefined) {
    throw new InvalidFileError(place, `"${entry}" is not a path and a whole-numbered label`)
  }
  return [name, Number(label)]
}

/** Says whether a file exists by listing each folder once: a list of a million files needs no million system calls. */
function createFolderLookup(root: string): (name: string) => Promise<boolean> {
  const folders = new Map<string, Promise<Set<string>>>()
  return async (name) => {
    const path = join(root, name)
    const folder = dirname(path)
    let names = folders.get(folder)
    if (!names) {
      names = readdir(folder).then(
        (found) => new Set(found),
        () => new Set<string>(),
      )
      folders.set(folder, names)
    }
    return (await names).has(basename(path))
  }
}
