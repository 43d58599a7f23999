import { realpath } from 'node:fs/promises'
import { InvalidOptionError } from '@mode-ood/core'
import type { BankContents } from '../bank.ts'
import { paddedDimension, type Precision } from '../search/segment.ts'
import { VectorStore } from '../vector-store.ts'
import { type BankManifest, readManifest } from './bank-manifest.ts'
import { createFileAccess } from './file-access.ts'
import { describeShard, readShard } from './read-shard.ts'
import { createSegmentCache, type CacheSettings } from './segment-cache-files.ts'

export interface ReadSettings {
  /** Bytes that vectors, prepared or not, may take; all unless given. */
  readonly memoryBudget?: number | undefined
  readonly precision: Precision
}

/**
 * Reads what `writeBank` wrote; what does not fit the memory is hashed and left where it is.
 *
 * @throws InvalidFileError naming the file that is missing, torn or foreign.
 */
export async function readBank(directory: string, settings: ReadSettings): Promise<BankContents> {
  const manifest = await readManifest(directory)
  const saved = { directory: await realpath(directory), manifest }
  if (manifest.size === 0) return { store: undefined, saved }
  const { vectorsInMemory, ...cache } = divideMemory(manifest, settings)
  const store = new VectorStore(manifest.dimension, createFileAccess())
  // Shapes and sizes of all files first: hashes take a while.
  const places = []
  let start = 0
  for (const entry of manifest.shards) {
    places.push(await describeShard(saved.directory, manifest, entry, start))
    start += entry.rows
  }
  for (const [i, entry] of manifest.shards.entries()) {
    for await (const piece of readShard(places[i]!, manifest.dimension, entry)) {
      if (vectorsInMemory) store.append(piece)
    }
    if (!vectorsInMemory) store.appendFile(places[i]!, entry.rows)
  }
  store.labels = manifest.labelled ? places.map(({ labels }) => labels!) : undefined
  store.cache = createSegmentCache(saved, cache)
  return { store, saved }
}

/** Bytes a vector takes beside its numbers: its place in the order of tiles, and what preparing it needs. */
const overhead = 64
/** Smallest budget, of which a sixteenth is prepared at a time. */
const leastBudget = 4 * 2 ** 20

/** What of a bank is held in memory: all; codes only; or neither, and then little is prepared at a time. */
function divideMemory(
  { size, dimension }: BankManifest,
  { memoryBudget, precision }: ReadSettings,
): CacheSettings & { readonly vectorsInMemory: boolean } {
  if (memoryBudget === undefined) return { vectorsInMemory: true, inMemory: true }
  if (!(memoryBudget >= leastBudget)) {
    throw new InvalidOptionError(
      `feature bank: memoryBudget is ${memoryBudget} and must be ${leastBudget} bytes or more`,
    )
  }
  const codeBytes = paddedDimension(dimension, precision) * (precision === 'int8' ? 1 : 4)
  const codes = size * (codeBytes + overhead)
  if (codes + size * dimension * 4 <= memoryBudget) return { vectorsInMemory: true, inMemory: true }
  const mostNumbers = Math.floor((memoryBudget / 16 / (codeBytes + overhead)) * dimension)
  return { vectorsInMemory: false, inMemory: codes * 1.5 <= memoryBudget, mostNumbers }
}
