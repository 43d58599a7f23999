import type { Matrix } from '@mode-ood/core'

const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const trailer = Buffer.from([0xff, 0xff])
/** Bytes handed over at a time. */
const pieceBytes = 2 ** 20

/**
 * Rows (position, label, vector) in PostgreSQL's binary format of COPY: a count of fields, then each field behind its
 * length, all big-endian; a vector of pgvector is its dimension, two zero bytes and float32 components.
 */
export function* copyRows(
  { rows, columns, data }: Matrix,
  labels: Int32Array | undefined,
  first: number,
): Generator<Uint8Array> {
  yield signature
  const rowBytes = 2 + 8 + (labels ? 8 : 4) + 4 + 4 + 4 * columns
  const perPiece = Math.max(1, Math.floor(pieceBytes / rowBytes))
  for (let start = 0; start < rows; start += perPiece) {
    const count = Math.min(perPiece, rows - start)
    const piece = Buffer.alloc(count * rowBytes)
    let at = 0
    for (let row = start; row < start + count; row++) {
      at = piece.writeInt16BE(3, at)
      at = piece.writeInt32BE(4, at)
      at = piece.writeInt32BE(first + row, at)
      at = piece.writeInt32BE(labels ? 4 : -1, at)
      if (labels) at = piece.writeInt32BE(labels[row]!, at)
      at = piece.writeInt32BE(4 + 4 * columns, at)
      at = piece.writeInt16BE(columns, at)
      at = piece.writeInt16BE(0, at)
      const values = data.subarray(row * columns, (row + 1) * columns)
      const bytes = piece.subarray(at, at + 4 * columns)
      bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      bytes.swap32()
      at += 4 * columns
    }
    yield piece
  }
  yield trailer
}
