import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from '@mode-ood/command'
import { InvalidFileError, type StateDict } from '@mode-ood/core'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import type { RunIdentity } from './run-identity.ts'
import type { TrainingPosition } from './training-position.ts'

/** Everything that a run needs to go on. */
export interface TrainingCheckpoint {
  /** Weights, statistics of batch normalisation, the loss's tensors, the optimiser's velocities. */
  readonly state: StateDict
  readonly position: TrainingPosition
  readonly identity: RunIdentity
  /** Engine, layout and workers: on others the same steps give other bits. */
  readonly engine: string
}

const format = 'mode-ood training checkpoint 1'
const kept = 2
const nameOf = (step: number) => `step-${String(step).padStart(8, '0')}.safetensors`

/**
 * Writes a checkpoint beside its place, renames it, then removes all but the newest two.
 *
 * @throws InvalidFileError when it cannot be written.
 */
export async function writeCheckpoint(
  directory: string,
  { state, position, identity, engine }: TrainingCheckpoint,
): Promise<void> {
  const metadata = { format, position: JSON.stringify(position), identity: JSON.stringify(identity), engine }
  await writeWhole(join(directory, nameOf(position.step)), writeSafetensors(state, metadata))
  for (const older of (await listCheckpoints(directory)).slice(kept)) await rm(join(directory, older), { force: true })
}

/** Names of the checkpoints in a directory, the newest first; none where there is no directory. */
export async function listCheckpoints(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  return names.filter((name) => /^step-\d{8,}\.safetensors$/.test(name)).sort((a, b) => stepOf(b) - stepOf(a))
}

/** @throws InvalidFileError for a file that is torn or no training checkpoint. */
export async function readCheckpointFile(file: string): Promise<TrainingCheckpoint> {
  const bytes = await readFile(file)
  const { tensors, metadata } = readSafetensors(bytes, { file })
  if (metadata['format'] !== format) throw new InvalidFileError(file, `is no checkpoint of the kind "${format}"`)
  return {
    state: tensors,
    position: JSON.parse(metadata['position']!) as TrainingPosition,
    identity: JSON.parse(metadata['identity']!) as RunIdentity,
    engine: metadata['engine']!,
  }
}

function stepOf(name: string): number {
  return Number(/\d+/.exec(name)![0])
}
