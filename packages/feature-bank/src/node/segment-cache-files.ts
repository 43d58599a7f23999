import { createHash, randomUUID } from 'node:crypto'
import { rename, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import type { Stretch } from '../search/plan-segments.ts'
import { hasRelaxedKernel } from '../search/relaxed-kernel.ts'
import type { SegmentCache } from '../search/segment-cache.ts'
import type { Precision, Segment } from '../search/segment.ts'
import type { SavedBank } from './bank-manifest.ts'
import { readSegment, segmentFormat, writeSegment } from './segment-file.ts'

/** Numbers in vectors from which preparing them takes longer than reading what was prepared. */
const worthKeeping = 2 ** 22

export interface CacheSettings {
  readonly mostNumbers?: number | undefined
  /** Whether codes stay in memory. */
  readonly inMemory: boolean
}

/**
 * Keeps prepared vectors in files beside the shards, `codes-….safetensors`, named after a hash of what they were built from.
 * Nothing is lost with them: one that is missing, torn or of other vectors is built anew.
 */
export function createSegmentCache(saved: SavedBank, { mostNumbers, inMemory }: CacheSettings): SegmentCache {
  const { directory, manifest } = saved
  const isKept = ({ from, rows }: Stretch) =>
    from + rows <= manifest.size && (!inMemory || rows * manifest.dimension >= worthKeeping)
  return {
    ...(mostNumbers ? { mostNumbers } : {}),
    async load(stretch, precision) {
      if (!isKept(stretch)) return null
      const key = keyOf(saved, stretch, precision)
      const path = pathOf(directory, key)
      const segment = await readSegment(path, key, inMemory)
      // A save removes those that nobody has used for long.
      if (segment) await utimes(path, new Date(), new Date()).catch(() => {})
      return segment
    },
    async store(segment) {
      if (!isKept(segment)) return segment
      const key = keyOf(saved, segment, segment.precision)
      const path = pathOf(directory, key)
      const beside = join(directory, `codes-${randomUUID().slice(0, 8)}.tmp`)
      try {
        await writeSegment(beside, key, segment)
        await rename(beside, path)
      } catch (error) {
        await rm(beside, { force: true }).catch(() => {})
        // A directory that cannot be written costs the next opening time, no more.
        if (inMemory) return segment
        const reason = `prepared vectors do not fit memoryBudget and cannot be written here: ${(error as Error).message}`
        throw new InvalidFileError(directory, reason, { cause: error })
      }
      return inMemory ? segment : ((await readSegment(path, key, false)) ?? segment)
    },
  }
}

function pathOf(directory: string, key: string): string {
  return join(directory, `codes-${key.slice(0, 32)}.safetensors`)
}

/** A hash of all that a segment depends on. */
function keyOf({ manifest }: SavedBank, { from, rows }: Stretch | Segment, precision: Precision): string {
  let start = 0
  const shards: [start: number, sha256: string][] = []
  for (const shard of manifest.shards) {
    if (start < from + rows && start + shard.rows > from) shards.push([start, shard.sha256])
    start += shard.rows
  }
  const narrow = precision === 'int8' && hasRelaxedKernel()
  const built = { format: segmentFormat, precision, narrow, dimension: manifest.dimension, from, rows, shards }
  return createHash('sha256').update(JSON.stringify(built)).digest('hex')
}
