import { stat } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InvalidFileError, InvalidOptionError, type Need, type Score, type ScoreDefinition } from '@mode-ood/core'
import { csd } from '@mode-ood/csd'
import { energy, gen, knn, maxLogit, msp } from '@mode-ood/scores'
import { blameFile } from '@mode-ood/command'
import type { LoadedConfiguration } from './configuration.ts'
import type { ScoreConfiguration } from './configuration-schema.ts'
import { nearest } from '@mode-ood/command'
import { resolveOwnPackages } from './resolve-own-packages.ts'

type AnyDefinition = ScoreDefinition<Need, Record<string, unknown>>

/** The scores a configuration may name. */
const shipped: Readonly<Record<string, AnyDefinition>> = Object.fromEntries(
  [csd, knn, msp, maxLogit, energy, gen].map((definition) => [definition.name, definition as unknown as AnyDefinition]),
)

/**
 * The scores of a run, with their options. `only` (from `--scores`) picks among those configured and adds known scores
 * with their defaults.
 *
 * @throws InvalidOptionError for an unknown name or wrong options, InvalidFileError for a module without a score.
 */
export async function chooseScores(
  { configuration, directory, file }: LoadedConfiguration,
  only: readonly string[] | null,
): Promise<Score[]> {
  const scores = await blameFile(file, async () => {
    const listed: Score[] = []
    for (const entry of configuration.scores) listed.push(await createScore(entry, directory))
    return refuseTwins(listed)
  })
  if (only === null) return scores
  const named = only.flatMap((name) => {
    const matching = scores.filter((score) => score.name === name)
    return matching.length > 0 ? matching : [createKnown(name, {}, scores)]
  })
  return refuseTwins(named)
}

async function createScore(entry: ScoreConfiguration, directory: string): Promise<Score> {
  if (typeof entry === 'string') return createKnown(entry, {})
  if ('module' in entry && entry.module !== undefined) {
    const file = resolve(directory, String(entry.module))
    return configure(await importScore(file), (entry.options ?? {}) as Record<string, unknown>)
  }
  const { name, ...options } = entry as { name: string }
  return createKnown(name, options)
}

function createKnown(name: string, options: Record<string, unknown>, others: readonly Score[] = []): Score {
  const definition = Object.hasOwn(shipped, name) ? shipped[name] : undefined
  if (definition) return configure(definition, options)
  const valid = [...new Set([...Object.keys(shipped), ...others.map((score) => score.name)])]
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

/** A person's own score: the default export of a module, or its only exported score. */
async function importScore(file: string): Promise<AnyDefinition> {
  const found = await stat(file).catch(() => null)
  if (found === null) throw new InvalidFileError(file, 'there is no such score module')
  if (!found.isFile()) throw new InvalidFileError(file, 'is a folder, but a score module was expected')
  if (extname(file) === '.ts' && !('typescript' in process.features && process.features.typescript)) {
    throw new InvalidFileError(file, 'this Node cannot load TypeScript: compile it to .js, or use Node 22.18 or newer')
  }
  resolveOwnPackages()
  const module = await import(pathToFileURL(file).href).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new InvalidFileError(file, `the score module cannot be loaded: ${reason}`, { cause: error })
  })
  const definition = [module.default, ...Object.values(module)].find(isDefinition)
  if (definition) return definition
  throw new InvalidFileError(file, 'exports no score: export default defineScore({ … })')
}

function isDefinition(value: unknown): value is AnyDefinition {
  return typeof value === 'function' && 'needsFit' in value && 'needs' in value
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
