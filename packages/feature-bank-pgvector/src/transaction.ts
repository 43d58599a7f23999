import { ModeOodError } from '@mode-ood/core'
import { databaseError, isLost, LostCommitError } from './database-error.ts'
import type { Session, SessionSource } from './session.ts'

const begin = {
  // One moment of the table, however many statements look at it.
  read: 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY',
  // Statements behind the lock see what was committed before it was had.
  write: 'BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE',
}

/**
 * Runs `work` as one transaction: all of it happens or nothing. `doing` says in errors what was asked for.
 *
 * @throws ModeOodError where the database refuses or goes away; errors of its family that `work` throws pass through.
 * @throws LostCommitError where the connection was lost while a writing transaction was committed.
 */
export async function inTransaction<T>(
  source: SessionSource,
  kind: 'read' | 'write',
  doing: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  let session: Session | undefined
  let committing = false
  try {
    session = await source.session()
    await session.query(begin[kind])
    const result = await work(session)
    committing = kind === 'write'
    await session.query('COMMIT')
    return result
  } catch (error) {
    const lost = !(error instanceof ModeOodError) && isLost(error)
    if (lost || !session) await source.discard()
    else await session.query('ROLLBACK').catch(() => source.discard())
    if (error instanceof ModeOodError) throw error
    if (lost && committing) {
      throw new LostCommitError(
        `${source.address} went away while ${doing} was committed: whether it was is not known, and the size of the bank will tell`,
        { cause: error },
      )
    }
    throw databaseError(error as Error, doing, source, lost ? 'lost' : 'refused')
  }
}
