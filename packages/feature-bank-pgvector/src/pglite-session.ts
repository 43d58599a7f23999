import type { PgliteClient } from './clients.ts'
import type { Row, Session } from './session.ts'

/** A session of PostgreSQL in WebAssembly, which takes data to copy as its own file `/dev/blob`. */
export function createPgliteSession(client: PgliteClient): Session {
  return {
    async query(text, values = []) {
      const { rows } = await client.query(text, [...values])
      return rows as Row[]
    },
    async copyIn(table, options, data) {
      await client.query(`COPY ${table} FROM '/dev/blob' ${options}`, [], { blob: new Blob([...data] as BlobPart[]) })
    },
  }
}
