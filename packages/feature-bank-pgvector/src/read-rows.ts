import { ModeOodError } from '@mode-ood/core'
import type { StoredVectors } from '@mode-ood/feature-bank/driver'
import { readVector } from './read-vector.ts'
import type { Session } from './session.ts'
import { readExtent, type Table } from './table.ts'

/** Bytes of vectors asked for at a time. */
const pieceBytes = 8 * 2 ** 20
const labelsAtATime = 100_000

/** Everything that the table holds in the transaction of the session, read as it is asked for. */
export async function readRows(session: Session, table: Table, extension: string): Promise<StoredVectors> {
  const { size, dimension } = await readExtent(session, table)
  if (size === 0) return { size, dimension: 0, labels: [], pieces: async function* () {} }
  const rowsOf = async (columns: string, from: number, to: number) => {
    const rows = await session.query(
      `SELECT ${columns} FROM ${table.quoted} WHERE position >= $1 AND position < $2 ORDER BY position`,
      [from, to],
    )
    if (rows.length < to - from) {
      throw new ModeOodError(
        `the table ${table.name} lacks ${to - from - rows.length} of the vectors ${from} to ${to - 1}: somebody deleted them`,
      )
    }
    return rows
  }
  return {
    size,
    dimension,
    labels: await readLabels(size, (from, to) => rowsOf('label', from, to)),
    async *pieces(start, end) {
      const perPiece = Math.max(1, Math.floor(pieceBytes / (4 * dimension)))
      for (let from = start; from < end; from += perPiece) {
        const rows = await rowsOf(`${extension}.vector_send(vector) AS sent`, from, Math.min(end, from + perPiece))
        const vectors = new Float32Array(rows.length * dimension)
        for (const [row, { sent }] of rows.entries()) {
          readVector(sent, vectors.subarray(row * dimension, (row + 1) * dimension))
        }
        yield vectors
      }
    },
  }
}

async function readLabels(
  size: number,
  rowsOf: (from: number, to: number) => Promise<Record<string, unknown>[]>,
): Promise<Int32Array[] | undefined> {
  const labels: Int32Array[] = []
  for (let from = 0; from < size; from += labelsAtATime) {
    const rows = await rowsOf(from, Math.min(size, from + labelsAtATime))
    if (rows.some(({ label }) => label === null)) return undefined
    labels.push(Int32Array.from(rows, ({ label }) => Number(label)))
  }
  return labels
}
