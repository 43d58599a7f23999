import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Writable } from 'node:stream'
import type { PostgresClient } from './clients.ts'
import { importPeer } from './import-peer.ts'
import type { Session } from './session.ts'

/** A session of a PostgreSQL server over a client of the package `pg`. */
export function createPgSession(client: PostgresClient): Session {
  return {
    async query(text, values = []) {
      const { rows } = await client.query(text, [...values])
      return rows
    },
    async copyIn(table, options, data) {
      const { from } = await importPeer('pg-copy-streams', () => import('pg-copy-streams'))
      const submit = client.query as unknown as (statement: Writable) => Writable
      const sink = submit.call(client, from(`COPY ${table} FROM STDIN ${options}`))
      await pipeline(Readable.from(data, { objectMode: false }), sink)
    },
  }
}
