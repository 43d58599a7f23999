import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import * as z from 'zod'

/** What a bank's directory holds: `manifest.json`. Shards follow each other in the order of adding. */
export interface BankManifest {
  readonly format: 'mode-ood feature-bank 1'
  readonly size: number
  readonly dimension: number
  readonly labelled: boolean
  readonly shards: readonly ShardEntry[]
}

/** A file of vectors, float32 `vectors` [rows, dimension] and, in a labelled bank, int32 `labels` [rows]. */
export interface ShardEntry {
  /** Its name in the bank's directory. */
  readonly file: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

const schema: z.ZodType<BankManifest> = z.strictObject({
  format: z.literal('mode-ood feature-bank 1'),
  size: z.int().nonnegative(),
  dimension: z.int().nonnegative(),
  labelled: z.boolean(),
  shards: z.array(
    z.strictObject({
      file: z.string().regex(/^vectors-[\w-]+\.safetensors$/),
      rows: z.int().positive(),
      bytes: z.int().positive(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})

/** A bank that a directory holds. */
export interface SavedBank {
  /** Its real path. */
  readonly directory: string
  readonly manifest: BankManifest
}

export const manifestName = 'manifest.json'

/** @throws InvalidFileError when there is none, or none of a feature bank. */
export async function readManifest(directory: string): Promise<BankManifest> {
  const path = join(directory, manifestName)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is no feature bank here' : `cannot be read (${error.code})`
    throw new InvalidFileError(path, reason, { cause: error })
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new InvalidFileError(path, 'is not valid JSON: it is no manifest of a feature bank, or a torn one', { cause })
  }
  const { data, error } = schema.safeParse(value)
  if (!data) {
    const issue = error.issues[0]!
    const where = issue.path.length > 0 ? `"${issue.path.join('.')}": ` : ''
    throw new InvalidFileError(path, `is not the manifest of a feature bank, version 1: ${where}${issue.message}`)
  }
  const rows = data.shards.reduce((sum, entry) => sum + entry.rows, 0)
  if (rows !== data.size || (data.size > 0 && data.dimension < 1)) {
    throw new InvalidFileError(path, `states ${data.size} vectors of dimension ${data.dimension}, its shards ${rows}`)
  }
  return data
}
