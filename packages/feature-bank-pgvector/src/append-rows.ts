import { setTimeout as delay } from 'node:timers/promises'
import { InvalidInputError, type Matrix } from '@mode-ood/core'
import { checkMatrix, type BankExtent } from '@mode-ood/feature-bank/driver'
import { copyRows } from './copy-rows.ts'
import { databaseError, LostCommitError } from './database-error.ts'
import type { Session, SessionSource } from './session.ts'
import { createTable, readExtent, type Table } from './table.ts'
import { inTransaction } from './transaction.ts'

/** Positions are PostgreSQL's integers, as they are indices of a search. */
const mostVectors = 2 ** 31 - 1
/** How long to wait for a server before each time it is asked what became of a commit. */
const waitsMs = [100, 200, 400, 800, 1600, 3200]

/** Where a batch went, and by which transaction. */
interface Batch {
  readonly first: number
  readonly transaction: string
}

/**
 * Appends vectors in one transaction; whoever appends to the table at the same time waits.
 *
 * Where the server is lost while it commits, it is asked afterwards whether it did: a call that fails has written nothing.
 */
export async function appendRows(
  source: SessionSource,
  table: Table,
  extension: string,
  vectors: Matrix,
  labels: Int32Array | undefined,
): Promise<BankExtent> {
  const doing = `adding ${vectors.rows} vectors to the table ${table.name}`
  let batch: Batch | undefined
  try {
    return await inTransaction(source, 'write', doing, async (session) => {
      await lockForWriting(session, table)
      const { size, dimension } = await readExtent(session, table)
      checkMatrix('vectors', vectors, dimension)
      if (size + vectors.rows > mostVectors) {
        throw new InvalidInputError(`a bank in PostgreSQL holds at most ${mostVectors} vectors`)
      }
      if (dimension === 0) await createTable(session, table, extension, vectors.columns)
      batch = { first: size, transaction: await transactionOf(session) }
      const columns = `${table.quoted} (position, label, vector)`
      await session.copyIn(columns, '(FORMAT binary)', copyRows(vectors, labels, size))
      return { size: size + vectors.rows, dimension: vectors.columns }
    })
  } catch (error) {
    if (!(error instanceof LostCommitError) || !source.reconnects || !batch) throw error
    const committed = await wasCommitted(source, table, batch, error)
    if (committed) return { size: batch.first + vectors.rows, dimension: vectors.columns }
    throw databaseError(error.cause as Error, doing, source, 'lost')
  }
}

/** Asks, once there is a server again; the lock waits for the lost session's end. */
async function wasCommitted(
  source: SessionSource,
  table: Table,
  batch: Batch,
  lost: LostCommitError,
): Promise<boolean> {
  for (const waitMs of waitsMs) {
    await delay(waitMs)
    try {
      return await inTransaction(source, 'write', 'asking for the last commit', async (session) => {
        await lockForWriting(session, table)
        if ((await readExtent(session, table)).size <= batch.first) return false
        const [row] = await session.query(`SELECT xmin::text AS transaction FROM ${table.quoted} WHERE position = $1`, [
          batch.first,
        ])
        return row?.['transaction'] === batch.transaction
      })
    } catch {
      // Not back yet.
    }
  }
  throw lost
}

/** By the schema that the table is in, or will be: it may be named with it or without. */
async function lockForWriting(session: Session, { quoted, schema, table }: Table): Promise<void> {
  await session.query(
    `SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(pg_catalog.concat(
       'mode-ood feature-bank ',
       coalesce(
         (SELECT n.nspname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE c.oid = pg_catalog.to_regclass($1)),
         $2::text, pg_catalog.current_schema()::text),
       '.', $3::text), 0))`,
    [quoted, schema, table],
  )
}

async function transactionOf(session: Session): Promise<string> {
  const [row] = await session.query('SELECT pg_catalog.pg_current_xact_id()::xid::text AS transaction')
  return String(row!['transaction'])
}
