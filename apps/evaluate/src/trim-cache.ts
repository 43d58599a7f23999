import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What is in a cache of features, and what was removed from it. */
export interface TrimmedCache {
  /** Bytes that remain. */
  readonly bytes: number
  readonly removed: number
}

interface Entry {
  readonly path: string
  readonly bytes: number
  readonly usedAt: number
}

/**
 * Removes entries of a cache, the longest unused first, until the rest takes at most `mostBytes`. Entries used since
 * `inUseSince` (milliseconds of the epoch) stay whatever they take: this run or another may be reading them. Files that are
 * no entries are neither counted nor touched.
 */
export async function trimCache(directory: string, mostBytes: number, inUseSince: number): Promise<TrimmedCache> {
  const entries = await listEntries(directory)
  entries.sort((a, b) => a.usedAt - b.usedAt)
  let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
  let removed = 0
  for (const entry of entries) {
    if (bytes <= mostBytes || entry.usedAt >= inUseSince) break
    await rm(entry.path, { recursive: true, force: true })
    bytes -= entry.bytes
    removed++
  }
  return { bytes, removed }
}

async function listEntries(directory: string): Promise<Entry[]> {
  const names = await readdir(directory).catch(() => [])
  const found: Entry[] = []
  for (const name of names.filter((one) => /^[0-9a-f]{40}$/.test(one))) {
    const path = join(directory, name)
    const manifest = await stat(join(path, 'manifest.json')).catch(() => null)
    if (!manifest) continue
    const files = await readdir(path)
    const sizes = await Promise.all(files.map((file) => stat(join(path, file)).then(({ size }) => size)))
    found.push({ path, bytes: sizes.reduce((sum, size) => sum + size, 0), usedAt: manifest.mtimeMs })
  }
  return found
}
