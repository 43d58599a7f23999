import { InvalidOptionError, type FeatureBank } from '@mode-ood/core'
import { createDriverBank } from '@mode-ood/feature-bank/driver'
import { appendRows } from './append-rows.ts'
import type { PgliteClient, PostgresClient } from './clients.ts'
import { readRows } from './read-rows.ts'
import { searchRows } from './search-rows.ts'
import type { SessionSource } from './session.ts'
import { connectWhenAsked, lendClient } from './session-source.ts'
import { findExtension, installExtension, nameTable, readExtent } from './table.ts'
import { inTransaction } from './transaction.ts'

/** Which table of which database holds the bank. Exactly one of `connection` and `client` is given. */
export interface PgvectorBankOptions {
  /** The table, created by the first `add`; one that is there already goes on as it is. */
  readonly table: string
  /** Its schema; without one, the first of the session's search path. */
  readonly schema?: string | undefined
  /**
   * Where the server is: `postgres://user:password@host:port/database`, or what `new pg.Client()` takes. Needs the packages
   * pg and pg-copy-streams. A connection that was lost is made anew by the next call.
   */
  readonly connection?: string | object | undefined
  /**
   * A connected `pg.Client`, or one that a pool has lent, or a `PGlite`. It must be in no transaction, and nobody else may use it
   * during a call; it stays open when the bank is closed.
   */
  readonly client?: PostgresClient | PgliteClient | undefined
}

/**
 * Opens the bank in a table of PostgreSQL with pgvector, version 0.5 or newer. Results are those of a float64 brute force;
 * each query reads the whole table on the server. Several processes may add to one table.
 *
 * @throws InvalidOptionError for options that name no database or no table.
 * @throws InvalidInputError for a table of something else, or a database without pgvector.
 * @throws ModeOodError where the server cannot be reached.
 *
 * @example
 * const bank = await createPgvectorBank({ connection: 'postgres://localhost/features', table: 'imagenet' })
 */
export async function createPgvectorBank(options: PgvectorBankOptions): Promise<FeatureBank> {
  const table = nameTable(options.table, options.schema)
  const source = sourceOf(options)
  try {
    // Looking writes nothing, so that standbys and read-only sessions can be searched.
    const extension =
      (await inTransaction(source, 'read', 'looking for pgvector', findExtension)) ??
      (await inTransaction(source, 'write', 'installing pgvector', installExtension))
    return await createDriverBank({
      extent: () =>
        inTransaction(source, 'read', `opening the table ${table.name}`, (session) => readExtent(session, table)),
      append: (vectors, labels) => appendRows(source, table, extension, vectors, labels),
      search: (queries, k) =>
        inTransaction(source, 'read', `searching the table ${table.name}`, (session) =>
          searchRows(session, table, extension, queries, k),
        ),
      readAll: (read) =>
        inTransaction(source, 'read', `reading the table ${table.name}`, async (session) =>
          read(await readRows(session, table, extension)),
        ),
      close: () => source.close(),
    })
  } catch (error) {
    await source.close()
    throw error
  }
}

function sourceOf({ connection, client }: PgvectorBankOptions): SessionSource {
  if ((connection === undefined) === (client === undefined)) {
    throw new InvalidOptionError('pgvector bank: exactly one of the options connection and client must be given')
  }
  if (client === undefined) return connectWhenAsked(connection!)
  if ('waitReady' in client || 'escapeIdentifier' in client) return lendClient(client)
  throw new InvalidOptionError(
    'pgvector bank: client is neither a Client of pg nor a PGlite; of a pool, hand in what its connect() gives',
  )
}
