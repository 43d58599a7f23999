import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeHeader, type TensorType } from '@mode-ood/safetensors'
import type { ShardEntry } from './bank-manifest.ts'

/** Bytes written at a time. */
const pieceBytes = 4 * 2 ** 20

/** What a shard holds: its vectors, as consecutive pieces, and a label each where the bank is labelled. */
export interface ShardContents {
  readonly rows: number
  readonly dimension: number
  readonly vectors: Iterable<Float32Array> | AsyncIterable<Float32Array>
  readonly labels: Int32Array | null
}

/** Writes a safetensors file to the disk itself, not only to the system's cache, and says what the manifest is to state. */
export async function writeShard(directory: string, file: string, contents: ShardContents): Promise<ShardEntry> {
  const { rows, dimension, vectors, labels } = contents
  const tensors: [string, TensorType][] = [['vectors', { dtype: 'F32', shape: [rows, dimension] }]]
  if (labels) tensors.push(['labels', { dtype: 'I32', shape: [rows] }])
  const hash = createHash('sha256')
  const output = await open(join(directory, file), 'wx')
  let bytes = 0
  const write = async (data: Uint8Array) => {
    for (let at = 0; at < data.length; at += pieceBytes) {
      const piece = data.subarray(at, at + pieceBytes)
      await output.appendFile(piece)
      hash.update(piece)
      bytes += piece.length
    }
  }
  try {
    await write(encodeHeader(tensors))
    for await (const piece of vectors) await write(bytesOf(piece))
    if (labels) await write(bytesOf(labels))
    await output.sync()
  } finally {
    await output.close()
  }
  return { file, rows, bytes, sha256: hash.digest('hex') }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
