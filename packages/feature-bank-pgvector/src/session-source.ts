import type { Client, ClientConfig } from 'pg'
import type { PgliteClient, PostgresClient } from './clients.ts'
import { importPeer } from './import-peer.ts'
import { createPgSession } from './pg-session.ts'
import { createPgliteSession } from './pglite-session.ts'
import type { Session, SessionSource } from './session.ts'

/** Lends the one session of a client that is somebody else's: it is not closed, and once lost it is gone. */
export function lendClient(client: PostgresClient | PgliteClient): SessionSource {
  const session = 'waitReady' in client ? createPgliteSession(client) : createPgSession(client)
  return {
    address: 'the given client',
    reconnects: false,
    session: async () => session,
    discard: async () => {},
    close: async () => {},
  }
}

/** Connects when a session is asked for, and again after one was lost. */
export function connectWhenAsked(connection: string | object): SessionSource {
  let held: { client: Client; session: Session } | undefined
  let address = 'the database'
  const discard = async () => {
    const lost = held
    held = undefined
    // The server may be gone: nothing to wait for.
    await lost?.client.end().catch(() => {})
  }
  return {
    get address() {
      return address
    },
    reconnects: true,
    async session() {
      if (held) return held.session
      const { default: pg } = await importPeer('pg', () => import('pg'))
      const client = new pg.Client(
        typeof connection === 'string' ? { connectionString: connection } : (connection as ClientConfig),
      )
      address = `the database "${client.database}" at ${client.host}:${client.port}`
      // A server that goes away between two calls would end the process otherwise; the next call finds out.
      client.on('error', () => {
        if (held?.client === client) held = undefined
      })
      await client.connect()
      held = { client, session: createPgSession(client as unknown as PostgresClient) }
      return held.session
    },
    discard,
    close: discard,
  }
}
