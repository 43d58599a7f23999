import { ModeOodError } from '@mode-ood/core'
import type { SessionSource } from './session.ts'

/** The connection was lost while a transaction was committed: whether it was is not known. */
export class LostCommitError extends ModeOodError {
  override name = 'LostCommitError'
}

/** Whether an error means that the session is over, rather than that the server refused a statement. */
export function isLost(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  // SQLSTATE of PostgreSQL: classes 08, connections, and 57P, the server shutting down. Others come from the system or from pg.
  const fromServer = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object)
  return fromServer ? /^(08|57P)/.test(code) : !(error as { isRefusal?: boolean }).isRefusal
}

/** One sentence for what happened to `doing`, and what to do. */
export function databaseError(
  error: Error,
  doing: string,
  source: SessionSource,
  state: 'lost' | 'refused',
): ModeOodError {
  const reason = reasonOf(error)
  if (state === 'refused') {
    return new ModeOodError(`${source.address} refused ${doing}: ${reason}; nothing was changed`, { cause: error })
  }
  const next = source.reconnects
    ? 'the same call can be made again when it is back'
    : 'the client that was given cannot be used any more'
  return new ModeOodError(`${source.address} went away during ${doing} (${reason}): nothing was changed, and ${next}`, {
    cause: error,
  })
}

/** The first line that says something; several addresses that were tried come as errors of their own. */
function reasonOf(error: Error): string {
  const { errors } = error as { errors?: Error[] }
  const { message, code } = (errors?.[0] ?? error) as NodeJS.ErrnoException
  return (message || code || error.name).split('\n')[0]!
}
