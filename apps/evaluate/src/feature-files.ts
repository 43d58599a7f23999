import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tensor } from '@mode-ood/core'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import * as z from 'zod'
import type { StoredOutput } from './stored-output.ts'

/** A part of a set's features: a few hundred images, as named tensors. */
export type FeatureTensors = ReadonlyMap<string, Tensor>

/** The features of one set: read part by part, as often as needed. */
export interface FeatureFiles {
  readonly manifest: FeatureManifest
  /** Images in all parts. */
  readonly count: number
  parts(): AsyncIterable<FeatureTensors>
}

const manifestSchema = z.strictObject({
  format: z.literal('mode-ood features 1'),
  outputs: z.array(z.enum(['logits', 'embedding', 'views'])),
  count: z.int().nonnegative(),
  skipped: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
  parts: z.array(
    z.strictObject({
      file: z.string().regex(/^part-\d{5,}\.safetensors$/),
      rows: z.int().positive(),
      sha256: z.string(),
    }),
  ),
})

/** What a directory of features holds; manifest.json. */
export interface FeatureManifest {
  format: 'mode-ood features 1'
  outputs: StoredOutput[]
  count: number
  skipped: { file: string; reason: string }[]
  parts: { file: string; rows: number; sha256: string }[]
}

/** Opens the features in a directory, or null when there are none, or they are torn or foreign. Marks them as used now. */
export async function openFeatureFiles(directory: string): Promise<FeatureFiles | null> {
  try {
    const text = await readFile(join(directory, 'manifest.json'), 'utf8')
    const manifest = manifestSchema.parse(JSON.parse(text))
    if (manifest.count !== manifest.parts.reduce((sum, part) => sum + part.rows, 0)) return null
    for (const part of manifest.parts) {
      const bytes = await readFile(join(directory, part.file))
      if (sha256(bytes) !== part.sha256) return null
    }
    const { count } = manifest
    await utimes(join(directory, 'manifest.json'), new Date(), new Date()).catch(() => {})
    return { manifest, count, parts: () => readParts(manifest.parts.map((part) => join(directory, part.file))) }
  } catch {
    return null
  }
}

/** Collects features part by part beside their final place. */
export interface FeatureWriter {
  /** Where the parts lie before they are committed, and stay when they cannot be; whoever writes removes it in the end. */
  readonly temporary: string
  append(part: FeatureTensors, rows: number): Promise<void>
  /** Moves the whole to its final place, where that is possible, and hands it over for reading. */
  commit(outputs: readonly StoredOutput[], skipped: FeatureManifest['skipped']): Promise<FeatureFiles>
  discard(): Promise<void>
}

/**
 * Writes features for `directory`, which appears whole or not at all. When the disk is full or read-only, `onTrouble` is
 * told once and the remaining parts are held in memory: a run never fails for its cache.
 */
export function createFeatureWriter(directory: string, onTrouble: (error: Error) => void): FeatureWriter {
  const beside = `${directory}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`
  const parts: FeatureManifest['parts'] = []
  const places: (string | FeatureTensors)[] = []
  let trouble: Error | null = null
  let count = 0
  const failed = (error: unknown) => {
    trouble ??= error as Error
    onTrouble(trouble)
  }
  return {
    temporary: beside,
    async append(part, rows) {
      count += rows
      if (trouble === null) {
        try {
          if (parts.length === 0) await mkdir(beside, { recursive: true })
          const file = `part-${String(parts.length).padStart(5, '0')}.safetensors`
          const bytes = writeSafetensors(part)
          await writeFile(join(beside, file), bytes)
          parts.push({ file, rows, sha256: sha256(bytes) })
          places.push(join(beside, file))
          return
        } catch (error) {
          failed(error)
        }
      }
      places.push(part)
    },
    async commit(outputs, skipped) {
      const manifest: FeatureManifest = { format: 'mode-ood features 1', outputs: [...outputs], count, skipped, parts }
      if (trouble === null) {
        try {
          await mkdir(beside, { recursive: true })
          await writeFile(join(beside, 'manifest.json'), JSON.stringify(manifest))
          await replaceDirectory(beside, directory)
          return { manifest, count, parts: () => readParts(parts.map((part) => join(directory, part.file))) }
        } catch (error) {
          failed(error)
        }
      }
      return { manifest, count, parts: () => readParts(places) }
    },
    discard: () => rm(beside, { recursive: true, force: true }),
  }
}

/** Removes what runs that were killed have left: folders named after a process that is gone. */
export async function removeLeftovers(directory: string): Promise<void> {
  const entries = await readdir(directory).catch(() => [])
  for (const entry of entries) {
    const owner = /\.(\d+)-[0-9a-f]{8}\.tmp$/.exec(entry)
    if (owner && !isRunning(Number(owner[1]))) await rm(join(directory, entry), { recursive: true, force: true })
  }
}

async function* readParts(places: readonly (string | FeatureTensors)[]): AsyncGenerator<FeatureTensors> {
  for (const place of places) {
    yield typeof place === 'string' ? readSafetensors(await readFile(place), { file: place }).tensors : place
  }
}

/** A directory cannot be replaced in one step; a reader that comes between the two finds none and computes anew. */
async function replaceDirectory(from: string, to: string): Promise<void> {
  const exists = await stat(to).then(
    () => true,
    () => false,
  )
  if (exists) await rm(to, { recursive: true, force: true })
  await rename(from, to)
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
