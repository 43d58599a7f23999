import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { readSafetensors } from '@mode-ood/safetensors'
import type { BankContents } from '../bank.ts'
import { VectorStore } from '../vector-store.ts'
import type { BankManifest } from './bank-manifest.ts'

/**
 * Reads what `writeBank` wrote.
 *
 * @throws InvalidFileError naming the file that is missing, torn or foreign.
 */
export async function readBank(directory: string): Promise<BankContents> {
  const manifest = await readManifest(join(directory, 'manifest.json'))
  if (manifest.size === 0) return { store: undefined, labels: [] }
  const store = new VectorStore(manifest.dimension)
  const labels: Int32Array[] = []
  for (const { file, rows, sha256 } of manifest.shards) {
    const path = join(directory, file)
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      throw new InvalidFileError(path, `the manifest names this shard, but it cannot be read (${error.code})`)
    })
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      throw new InvalidFileError(path, 'does not have the hash that the manifest states: it is torn or was changed')
    }
    const { tensors } = readSafetensors(bytes, { file: path })
    const vectors = tensors.get('vectors')
    if (vectors?.dtype !== 'F32' || vectors.shape[0] !== rows || vectors.shape[1] !== manifest.dimension) {
      throw new InvalidFileError(path, `must hold float32 "vectors" of shape [${rows}, ${manifest.dimension}]`)
    }
    store.append(vectors.data)
    const shardLabels = tensors.get('labels')
    if (shardLabels?.dtype === 'I32') labels.push(shardLabels.data)
  }
  if (store.size !== manifest.size) {
    throw new InvalidFileError(
      directory,
      `the manifest states ${manifest.size} vectors, but its shards hold ${store.size}`,
    )
  }
  return { store, labels: manifest.labelled ? labels : undefined }
}

async function readManifest(path: string): Promise<BankManifest> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InvalidFileError(
      path,
      error.code === 'ENOENT' ? 'there is no feature bank here' : `cannot be read (${error.code})`,
    )
  })
  try {
    const manifest = JSON.parse(text) as BankManifest
    if (manifest.format === 'mode-ood feature-bank 1' && Array.isArray(manifest.shards)) return manifest
  } catch {
    throw new InvalidFileError(path, 'is not valid JSON: the bank was not written whole')
  }
  throw new InvalidFileError(path, 'is not the manifest of a feature bank, version 1')
}
