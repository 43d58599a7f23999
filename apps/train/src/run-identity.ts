import { InvalidOptionError } from '@mode-ood/core'
import type { TrainingConfiguration } from './configuration-schema.ts'

/** What decides the weights that come out, beside engine and machine, as plain JSON. */
export type RunIdentity = Readonly<Record<string, unknown>>

/** The parts of a configuration that decide the weights; how often they are evaluated, and on what, does not. */
export function runIdentity(configuration: TrainingConfiguration, images: number): RunIdentity {
  const { model, id, loss, augmentation, views, optimizer, schedule, epochs, batchSize, workers, seed } = configuration
  const parts = { model, id: { train: id.train }, loss, augmentation, views, optimizer, schedule }
  return JSON.parse(JSON.stringify({ ...parts, epochs, batchSize, workers, seed, images })) as RunIdentity
}

/**
 * Refuses to go on with a run that was begun otherwise.
 *
 * @throws InvalidOptionError naming the first key that differs, and both values.
 */
export function checkSameRun(begun: RunIdentity, now: RunIdentity, file: string, checkpoint: string): void {
  const before = new Map(leaves(begun, ''))
  const after = new Map(leaves(now, ''))
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)]
    if (was === is) continue
    throw new InvalidOptionError(
      `${file}: "${key}" is ${is ?? 'absent'}, but the run of ${checkpoint} was begun with ${was ?? 'none'}: put it back, or choose another --output`,
    )
  }
}

function leaves(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, JSON.stringify(value)]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`))
}
