import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { encodeHeader, type TensorType } from '@mode-ood/safetensors'
import { openSafetensorsFile, type OpenSafetensors } from '@mode-ood/safetensors/node'
import { allocate } from '../search/allocate.ts'
import type { Segment, Tile } from '../search/segment.ts'

/** Changes whenever codes are written in another way: files of another version are built anew. */
export const segmentFormat = 'mode-ood prepared vectors 2'

type Fields = readonly (readonly [string, TensorType, Uint8Array])[]

/** Numbers of a tile. */
const tileFields = ['group', 'first', 'rows', 'offset', 'inner', 'outer'] as const satisfies readonly (keyof Tile)[]

/** Bytes read or written at a time. */
const pieceBytes = 4 * 2 ** 20

/** Writes a segment, of which `key` says what it was built from. It is a cache: it does not wait for the disk. */
export async function writeSegment(path: string, key: string, segment: Segment): Promise<void> {
  const fields = fieldsOf(segment)
  const { from, rows, dimension, precision, narrow } = segment
  const shape = JSON.stringify({ from, rows, dimension, precision, narrow })
  const hash = createHash('sha256').update(shape)
  for (const [, , bytes] of fields) hash.update(bytes)
  const header = encodeHeader(
    fields.map(([name, type]) => [name, type] as const),
    { format: segmentFormat, key, sha256: hash.digest('hex'), shape },
  )
  const file = await open(path, 'wx')
  try {
    await file.appendFile(header)
    for (const [, , bytes] of fields) {
      for (let at = 0; at < bytes.length; at += pieceBytes) await file.appendFile(bytes.subarray(at, at + pieceBytes))
    }
  } finally {
    await file.close()
  }
}

/**
 * Reads what `writeSegment` wrote, its codes only if `inMemory`. Null where there is none, or one of another key, torn or
 * changed: all but names is hashed.
 */
export async function readSegment(path: string, key: string, inMemory: boolean): Promise<Segment | null> {
  const file = await openSafetensorsFile(path).catch(() => null)
  if (!file) return null
  try {
    const { metadata } = file
    if (metadata['format'] !== segmentFormat || metadata['key'] !== key) return null
    const codes = await readCodes(path, file, inMemory)
    if (!codes) return null
    const numbers = async (name: string) => share((await file.read(name)).data as Float32Array)
    const [centers, basis, spans] = [await numbers('centers'), await numbers('basis'), await numbers('spans')]
    const tiles = (await file.read('tiles')).data as Float64Array
    const order = (await file.read('order')).data as Int32Array
    const shape = JSON.parse(metadata['shape']!) as Pick<
      Segment,
      'from' | 'rows' | 'dimension' | 'precision' | 'narrow'
    >
    return { ...shape, centers, basis, spans, tiles: tilesOf(tiles), order: shareIntegers(order), codes }
  } catch {
    return null
  } finally {
    await file.close()
  }
}

/** Hashes the shape, and all tensors on the way to the codes, which are the last; null when the hash is another. */
async function readCodes(path: string, file: OpenSafetensors, inMemory: boolean): Promise<Segment['codes'] | null> {
  const place = file.tensors.get('codes')!
  const start = Math.min(...[...file.tensors.values()].map((tensor) => tensor.start))
  const codes = inMemory ? new Uint8Array(allocate(place.end - place.start)) : null
  const hash = createHash('sha256').update(file.metadata['shape']!)
  const piece = Buffer.alloc(pieceBytes)
  const handle = await open(path)
  try {
    for (let at = start; at < place.end;) {
      const { bytesRead } = await handle.read(piece, 0, Math.min(pieceBytes, place.end - at), at)
      if (bytesRead === 0) return null
      hash.update(piece.subarray(0, bytesRead))
      const skipped = Math.max(0, place.start - at)
      if (codes && skipped < bytesRead) codes.set(piece.subarray(skipped, bytesRead), at + skipped - place.start)
      at += bytesRead
    }
  } finally {
    await handle.close()
  }
  if (hash.digest('hex') !== file.metadata['sha256']) return null
  return codes ?? { path, offset: place.start }
}

/** In the order of the file: wide elements first, as safetensors aligns them. */
function fieldsOf({ centers, basis, spans, tiles, order, codes, dimension }: Segment): Fields {
  const flat = Float64Array.from(tiles.flatMap((tile) => tileFields.map((field) => tile[field])))
  const floats = (name: string, values: Float32Array, columns: number) =>
    [name, { dtype: 'F32', shape: [values.length / columns, columns] }, bytesOf(values)] as const
  return [
    ['tiles', { dtype: 'F64', shape: [tiles.length, tileFields.length] }, bytesOf(flat)],
    floats('basis', basis, dimension),
    floats('centers', centers, dimension),
    floats('spans', spans, 4),
    ['order', { dtype: 'I32', shape: [order.length] }, bytesOf(order)],
    ['codes', { dtype: 'U8', shape: [(codes as Uint8Array).length] }, codes as Uint8Array],
  ]
}

function tilesOf(flat: Float64Array): Tile[] {
  const width = tileFields.length
  return Array.from(
    { length: flat.length / width },
    (_, t) => Object.fromEntries(tileFields.map((field, i) => [field, flat[t * width + i]!])) as unknown as Tile,
  )
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function share(values: Float32Array): Float32Array {
  const shared = new Float32Array(allocate(values.byteLength))
  shared.set(values)
  return shared
}

function shareIntegers(values: Int32Array): Int32Array {
  const shared = new Int32Array(allocate(values.byteLength))
  shared.set(values)
  return shared
}
