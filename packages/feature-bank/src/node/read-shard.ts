import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { openSafetensorsFile, type OpenSafetensors } from '@mode-ood/safetensors/node'
import type { BankManifest, ShardEntry } from './bank-manifest.ts'

/** Where the vectors of a shard lie. */
export interface ShardPlace {
  readonly path: string
  /** Position of its first vector in the bank. */
  readonly start: number
  readonly rows: number
  /** Byte of the file at which the first vector begins. */
  readonly offset: number
}

/** Bytes read at a time. */
const pieceBytes = 4 * 2 ** 20

/**
 * Looks into a shard without reading its vectors.
 *
 * @throws InvalidFileError when it is missing, of another size than the manifest states, or holds something else.
 */
export async function describeShard(
  directory: string,
  { dimension, labelled }: BankManifest,
  entry: ShardEntry,
  start: number,
): Promise<ShardPlace & { readonly labels: Int32Array | null }> {
  const path = join(directory, entry.file)
  const file = await openSafetensorsFile(path).catch((error: Error) => {
    throw new InvalidFileError(path, `the manifest names this shard, but ${withoutPath(error.message, path)}`)
  })
  try {
    const vectors = file.tensors.get('vectors')
    const { rows, bytes } = entry
    if (vectors?.dtype !== 'F32' || vectors.shape[0] !== rows || vectors.shape[1] !== dimension) {
      throw new InvalidFileError(path, `must hold float32 "vectors" of shape [${rows}, ${dimension}]`)
    }
    const end = Math.max(...[...file.tensors.values()].map((tensor) => tensor.end))
    if (end !== bytes) throw new InvalidFileError(path, `holds ${end} bytes, and the manifest states ${bytes}`)
    return { path, start, rows, offset: vectors.start, labels: labelled ? await readLabels(file, path, rows) : null }
  } finally {
    await file.close()
  }
}

/**
 * Hands over the vectors of a shard piece by piece, whole rows each; a piece is valid until the next is asked for.
 *
 * @throws InvalidFileError after the last, when the file does not have the hash that the manifest states.
 */
export async function* readShard(
  { path, offset, rows }: ShardPlace,
  dimension: number,
  { bytes, sha256 }: ShardEntry,
): AsyncGenerator<Float32Array> {
  const rowBytes = 4 * dimension
  const piece = Buffer.alloc(Math.max(rowBytes, Math.floor(pieceBytes / rowBytes) * rowBytes))
  const vectorsEnd = offset + rows * rowBytes
  const hash = createHash('sha256')
  const file = await open(path)
  const read = async (from: number, to: number) => {
    const { bytesRead } = await file.read(piece, 0, to - from, from)
    if (bytesRead < to - from) throw new InvalidFileError(path, 'ended while it was read')
    hash.update(piece.subarray(0, bytesRead))
  }
  const readOver = async (from: number, to: number) => {
    for (let at = from; at < to; at += piece.length) await read(at, Math.min(to, at + piece.length))
  }
  try {
    await readOver(0, offset)
    for (let at = offset; at < vectorsEnd; at += piece.length) {
      const to = Math.min(vectorsEnd, at + piece.length)
      await read(at, to)
      yield new Float32Array(piece.buffer, piece.byteOffset, (to - at) / 4)
    }
    await readOver(vectorsEnd, bytes)
    if (hash.digest('hex') !== sha256) {
      throw new InvalidFileError(path, 'does not have the hash that the manifest states: it is torn or was changed')
    }
  } finally {
    await file.close()
  }
}

async function readLabels(file: OpenSafetensors, path: string, rows: number): Promise<Int32Array> {
  const place = file.tensors.get('labels')
  if (place?.dtype !== 'I32' || place.shape[0] !== rows || place.shape.length !== 1) {
    throw new InvalidFileError(path, `must hold int32 "labels" of shape [${rows}]`)
  }
  return (await file.read('labels')).data as Int32Array
}

function withoutPath(message: string, path: string): string {
  return message.startsWith(`${path}: `) ? `it ${message.slice(path.length + 2)}` : message
}
