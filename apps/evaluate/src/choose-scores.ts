import { resolve } from 'node:path'
import { blameFile, nearest } from '@mode-ood/command'
import { InvalidOptionError, type Score } from '@mode-ood/core'
import { combine, type CombineOptions } from '@mode-ood/scores'
import type { LoadedConfiguration } from './configuration.ts'
import type { Configuration, ScoreConfiguration } from './configuration-schema.ts'
import { importScore } from './import-score.ts'
import { shippedScores, type AnyDefinition } from '@mode-ood/detector'

/**
 * The scores of a run, with their options. `only` (from `--scores`) picks among those configured and adds known scores
 * with their defaults. `all`, in either place, stands for every known score that is not listed with options of its own.
 *
 * @throws InvalidOptionError for an unknown name or wrong options, InvalidFileError for a module without a score.
 */
export async function chooseScores(
  { configuration, directory, file }: LoadedConfiguration,
  only: readonly string[] | null,
): Promise<Score[]> {
  const scores = await blameFile(file, () => createScores(entriesOf(configuration), directory))
  if (only === null) return scores
  const named = only.flatMap((name) => {
    if (name === 'all') return [...scores, ...othersThan(scores)]
    const matching = scores.filter((score) => score.name === name)
    return matching.length > 0 ? matching : [createKnown(name, {}, scores)]
  })
  return refuseTwins(named)
}

/** Whether every known score was asked for, whichever of them the model and the data can serve. */
export function asksForAll(configuration: Configuration, only: readonly string[] | null): boolean {
  return (only ?? entriesOf(configuration)).includes('all')
}

function entriesOf({ scores }: Configuration): readonly ScoreConfiguration[] {
  return scores === 'all' ? ['all'] : scores
}

async function createScores(entries: readonly ScoreConfiguration[], directory: string): Promise<Score[]> {
  const places: (Score | 'all')[] = []
  for (const entry of entries) places.push(entry === 'all' ? entry : await createScore(entry, directory))
  const listed = places.filter((place) => place !== 'all')
  return refuseTwins(places.flatMap((place) => (place === 'all' ? othersThan(listed) : [place])))
}

/** All known scores, by their defaults, that have not the name of one that is listed. */
function othersThan(listed: readonly Score[]): Score[] {
  const names = new Set(listed.map(({ name }) => name))
  return [...shippedScores.values()].filter(({ name }) => !names.has(name)).map((definition) => definition())
}

/**
 * The score that an entry of a configuration in `directory` describes.
 *
 * @throws as `chooseScores`.
 */
export async function createScore(entry: ScoreConfiguration, directory: string): Promise<Score> {
  if (typeof entry === 'string') return createKnown(entry, {})
  if ('module' in entry && entry.module !== undefined) {
    const file = resolve(directory, String(entry.module))
    return configure(await importScore(file), (entry.options ?? {}) as Record<string, unknown>)
  }
  if ('combine' in entry && entry.combine !== undefined) {
    const { combine: members, ...options } = entry
    return combine(await createScores(members as ScoreConfiguration[], directory), options as CombineOptions)
  }
  const { name, ...options } = entry as { name: string }
  return createKnown(name, options)
}

function createKnown(name: string, options: Record<string, unknown>, others: readonly Score[] = []): Score {
  const definition = shippedScores.get(name)
  if (definition) return configure(definition, options)
  const valid = [...new Set([...shippedScores.keys(), ...others.map((score) => score.name), 'all'])]
  throw new InvalidOptionError(`there is no score "${name}"${nearest(name, valid)}`)
}

/** A score with its options; an option it does not know is answered with the nearest it does. */
function configure(definition: AnyDefinition, options: Record<string, unknown>): Score {
  try {
    return definition(options)
  } catch (error) {
    const known = defaultOptions(definition)
    const unknown = Object.keys(options).find((option) => !known.includes(option))
    if (!(error instanceof InvalidOptionError) || unknown === undefined) throw error
    throw new InvalidOptionError(`${error.message}${nearest(unknown, known)}`, { cause: error })
  }
}

/** Names of the options a score has when none are given; none where some must be given. */
function defaultOptions(definition: AnyDefinition): string[] {
  try {
    return Object.keys(definition().options)
  } catch {
    return []
  }
}

/** Two scores that could not be told apart in a table. */
function refuseTwins(scores: Score[]): Score[] {
  const seen = new Set<string>()
  for (const score of scores) {
    const key = JSON.stringify([score.name, score.options])
    if (seen.has(key)) throw new InvalidOptionError(`score "${score.name}" is listed twice with the same options`)
    seen.add(key)
  }
  return scores
}
