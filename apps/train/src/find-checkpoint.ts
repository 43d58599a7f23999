import { join } from 'node:path'
import type { Progress } from '@mode-ood/command'
import { InvalidOptionError, ModeOodError } from '@mode-ood/core'
import { listCheckpoints, readCheckpointFile, type TrainingCheckpoint } from './checkpoint-files.ts'
import { checkSameRun, type RunIdentity } from './run-identity.ts'

export interface FindCheckpointOptions {
  readonly resume: boolean
  readonly identity: RunIdentity
  /** The configuration's, for messages. */
  readonly file: string
  readonly progress: Progress
}

/**
 * The newest checkpoint of a run that goes on; of a torn one the one before. Null for a run that begins.
 *
 * @throws InvalidOptionError when a run is to begin where there is one already, or to go on with another configuration.
 */
export async function findCheckpoint(
  directory: string,
  { resume, identity, file, progress }: FindCheckpointOptions,
): Promise<TrainingCheckpoint | null> {
  const names = await listCheckpoints(directory)
  if (!resume) {
    if (names.length === 0) return null
    throw new InvalidOptionError(
      `${directory} holds a run already: --resume goes on with it, --output begins elsewhere`,
    )
  }
  for (const name of names) {
    const path = join(directory, name)
    try {
      const checkpoint = await readCheckpointFile(path)
      checkSameRun(checkpoint.identity, identity, file, path)
      progress.say(`  going on from ${path}`)
      return checkpoint
    } catch (error) {
      if (error instanceof InvalidOptionError || !(error instanceof ModeOodError)) throw error
      progress.say(`  ${error.message}; the one before is taken`)
    }
  }
  progress.say(`  no checkpoint in ${directory}: the run begins anew`)
  return null
}
