import { realpath } from 'node:fs/promises'
import type { BankContents } from '../bank.ts'
import { VectorStore } from '../vector-store.ts'
import { readManifest } from './bank-manifest.ts'
import { describeShard, readShard } from './read-shard.ts'

/**
 * Reads what `writeBank` wrote.
 *
 * @throws InvalidFileError naming the file that is missing, torn or foreign.
 */
export async function readBank(directory: string): Promise<BankContents> {
  const manifest = await readManifest(directory)
  const saved = { directory: await realpath(directory), manifest }
  if (manifest.size === 0) return { store: undefined, saved }
  const store = new VectorStore(manifest.dimension)
  // Shapes and sizes of all files first: hashes take a while.
  const places = []
  let start = 0
  for (const entry of manifest.shards) {
    places.push(await describeShard(directory, manifest, entry, start))
    start += entry.rows
  }
  for (const [i, entry] of manifest.shards.entries()) {
    for await (const piece of readShard(places[i]!, manifest.dimension, entry)) store.append(piece)
  }
  store.labels = manifest.labelled ? places.map(({ labels }) => labels!) : undefined
  return { store, saved }
}
