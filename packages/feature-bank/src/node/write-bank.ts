import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { type BankManifest, manifestName, readManifest, type SavedBank, type ShardEntry } from './bank-manifest.ts'
import { writeShard } from './write-shard.ts'

/** Bytes of vectors a shard holds at most: with its labels and header it stays below 2 GiB. */
const shardBytes = 2 ** 30

/** How long prepared vectors may lie unused: a bank that is open may be searching them, and reads no file but those. */
const forgottenMs = 30 * 24 * 3_600_000

/** How long a file that no manifest names may belong to somebody who is still saving. */
const abandonedMs = 3_600_000

/** What `writeBank` writes. */
export interface WrittenContents {
  readonly store: WrittenVectors | undefined
  /** Where the first vectors are saved already. */
  readonly saved?: SavedBank | undefined
}

interface WrittenVectors {
  readonly size: number
  readonly dimension: number
  /** One a vector, or undefined where any has none. */
  readonly labels: readonly Int32Array[] | undefined
  /** Rows [from, to) in pieces of whole rows. */
  pieces(from: number, to: number): Iterable<Float32Array> | AsyncIterable<Float32Array>
}

/**
 * Writes a bank as safetensors shards and a manifest. Shards have names of their own and the manifest is renamed into place
 * last, so that whoever is stopped in the middle leaves the bank that was there. Where the directory holds the beginning
 * of the bank already, only what was added since is written.
 *
 * @throws InvalidFileError naming the directory, or the file in it that is no bank's.
 */
export async function writeBank(directory: string, contents: WrittenContents): Promise<SavedBank> {
  const { store, saved } = contents
  const identity = randomUUID().slice(0, 8)
  const size = store?.size ?? 0
  const dimension = store?.dimension ?? 0
  const written: string[] = []
  const name = (file: string): string => {
    written.push(file)
    return file
  }
  try {
    await mkdir(directory, { recursive: true })
    const old = await heldManifest(directory)
    const target = await realpath(directory)
    const shards: ShardEntry[] = await keptShards(target, old, saved)
    const flat = store?.labels ? concatenate(store.labels) : null
    const perShard = Math.max(1, Math.floor(shardBytes / (4 * dimension)))
    for (let start = rowsOf(shards); start < size; start += perShard) {
      const end = Math.min(start + perShard, size)
      const file = name(`vectors-${String(shards.length).padStart(5, '0')}-${identity}.safetensors`)
      const rows = { vectors: store!.pieces(start, end), labels: flat?.subarray(start, end) ?? null }
      shards.push(await writeShard(directory, file, { rows: end - start, dimension, ...rows }))
    }
    const manifest: BankManifest = { format: 'mode-ood feature-bank 1', size, dimension, labelled: !!flat, shards }
    const beside = name(`manifest-${identity}.tmp`)
    await writeDurably(join(directory, beside), `${JSON.stringify(manifest, null, 2)}\n`)
    // The names of the shards have to last before the manifest that names them.
    await syncDirectory(directory)
    await rename(join(directory, beside), join(directory, manifestName))
    await syncDirectory(directory)
    await removeUnnamed(directory, manifest, old).catch(() => {})
    return { directory: target, manifest }
  } catch (error) {
    await Promise.all(written.map((file) => rm(join(directory, file), { force: true }).catch(() => {})))
    if (error instanceof InvalidFileError) throw error
    throw new InvalidFileError(directory, `the feature bank cannot be written: ${reasonOf(error as Error)}`, {
      cause: error,
    })
  }
}

/** The manifest that is there. One of something else is not written over. */
async function heldManifest(directory: string): Promise<BankManifest | null> {
  const held = await stat(join(directory, manifestName)).catch(() => null)
  return held ? readManifest(directory) : null
}

/** The shards that need not be written again: all that the bank was opened with, if nobody changed them since. */
async function keptShards(target: string, old: BankManifest | null, saved?: SavedBank): Promise<ShardEntry[]> {
  if (!old || saved?.directory !== target || JSON.stringify(old) !== JSON.stringify(saved.manifest)) return []
  for (const { file, bytes } of old.shards) {
    const found = await stat(join(target, file)).catch(() => null)
    if (found?.size !== bytes) return []
  }
  return [...old.shards]
}

/** Removes what the replaced manifest named, and what an interrupted save has left. */
async function removeUnnamed(directory: string, manifest: BankManifest, old: BankManifest | null): Promise<void> {
  const named = new Set(manifest.shards.map(({ file }) => file))
  const replaced = new Set(old?.shards.map(({ file }) => file))
  // Prepared vectors are worth nothing once the vectors are others, and little where nobody has used them for long.
  const areReplaced = [...replaced].some((file) => !named.has(file))
  for (const file of await readdir(directory)) {
    if (named.has(file) || !/^(vectors-.*\.safetensors|manifest-.*\.tmp|codes-.*\.(safetensors|tmp))$/.test(file))
      continue
    const path = join(directory, file)
    const age = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? Date.now())
    const isPrepared = /^codes-.*\.safetensors$/.test(file)
    const isStale = areReplaced && isPrepared
    if (replaced.has(file) || isStale || age > (isPrepared ? forgottenMs : abandonedMs)) await rm(path, { force: true })
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the names of files last. Windows cannot do it, and need not. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory).catch(() => null)
  await handle?.sync().catch(() => {})
  await handle?.close()
}

function reasonOf({ message, code }: NodeJS.ErrnoException): string {
  return code === 'ENOSPC' || code === 'EDQUOT' ? `the disk is full (${code})` : message
}

function rowsOf(shards: readonly ShardEntry[]): number {
  return shards.reduce((sum, { rows }) => sum + rows, 0)
}

function concatenate(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let start = 0
  for (const part of parts) {
    whole.set(part, start)
    start += part.length
  }
  return whole
}
