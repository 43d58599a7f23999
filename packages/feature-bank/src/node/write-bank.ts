import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidFileError, type Tensor } from '@mode-ood/core'
import { writeSafetensors } from '@mode-ood/safetensors'
import type { BankContents } from '../bank.ts'
import type { BankManifest } from './bank-manifest.ts'

/** Bytes of vectors a shard holds at most. */
const shardBytes = 2 ** 30

/**
 * Writes a bank as safetensors shards and a manifest. The manifest is renamed into place last and shards have names of
 * their own, so that whoever is stopped in the middle leaves the bank that was there.
 */
export async function writeBank(directory: string, contents: BankContents): Promise<void> {
  const { store, labels } = contents
  const identity = randomUUID().slice(0, 8)
  const shards: BankManifest['shards'] = []
  try {
    await mkdir(directory, { recursive: true })
    const flat = labels ? concatenate(labels) : null
    const perShard = Math.max(1, Math.floor(shardBytes / (4 * (store?.dimension ?? 1))))
    for (let start = 0; start < (store?.size ?? 0); start += perShard) {
      const rows = Math.min(perShard, store!.size - start)
      const tensors = new Map<string, Tensor>()
      tensors.set('vectors', { dtype: 'F32', shape: [rows, store!.dimension], data: store!.rows(start, start + rows) })
      if (flat) tensors.set('labels', { dtype: 'I32', shape: [rows], data: flat.slice(start, start + rows) })
      const bytes = writeSafetensors(tensors)
      const file = `vectors-${identity}-${String(shards.length).padStart(5, '0')}.safetensors`
      await writeDurably(join(directory, file), bytes)
      shards.push({ file, rows, sha256: createHash('sha256').update(bytes).digest('hex') })
    }
    const manifest: BankManifest = {
      format: 'mode-ood feature-bank 1',
      size: store?.size ?? 0,
      dimension: store?.dimension ?? 0,
      labelled: flat !== null,
      shards,
    }
    const beside = join(directory, `manifest-${identity}.tmp`)
    await writeDurably(beside, new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`))
    await rename(beside, join(directory, 'manifest.json'))
  } catch (error) {
    await removeShards(directory, (file) => file.includes(identity)).catch(() => {})
    throw new InvalidFileError(directory, `the feature bank cannot be written: ${(error as Error).message}`, {
      cause: error,
    })
  }
  await removeShards(directory, (file) => /^(vectors|manifest)-/.test(file) && !file.includes(identity))
}

async function removeShards(directory: string, chosen: (file: string) => boolean): Promise<void> {
  for (const file of await readdir(directory)) if (chosen(file)) await rm(join(directory, file), { force: true })
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
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
