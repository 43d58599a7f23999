import { readdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { manifestName, readDetectorManifest } from './detector-manifest.ts'

/**
 * Whether `saveDetector` may write there: the directory is absent, empty, or holds a detector and nothing else, as replacing it
 * deletes what it holds.
 *
 * @throws InvalidFileError naming a file that is no detector's.
 */
export async function checkDetectorPlace(directory: string): Promise<void> {
  const target = resolve(directory)
  const held = await readdir(target).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw new InvalidFileError(directory, 'is no directory that a detector can be written to', { cause: error })
  })
  if (held.length === 0) return
  const other = await findOther(target, held)
  if (other === undefined) return
  throw new InvalidFileError(directory, `holds other files than a detector's (${other}): give a new directory`)
}

/** What lies there and is not of a detector, if anything does. */
async function findOther(target: string, held: readonly string[]): Promise<string | undefined> {
  // The name of a manifest is not enough: other programs, and people, call their files so too.
  const manifest = await readDetectorManifest(target).catch(() => null)
  if (!manifest) return held.includes(manifestName) ? manifestName : held[0]
  const known = new Set([manifestName, ...Object.keys(manifest.files)])
  const folders = new Set([...known].flatMap(parentsOf))
  // Only what a detector has is walked through: another folder may be large.
  const stray = held.find((name) => !known.has(name) && !folders.has(name))
  if (stray !== undefined) return stray
  const entries = await readdir(target, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const path = relative(target, join(entry.parentPath, entry.name)).replaceAll('\\', '/')
    if (!(entry.isDirectory() ? folders : known).has(path)) return path
  }
  return undefined
}

/** `a` and `a/b` of `a/b/c`. */
function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}
