import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import * as z from 'zod'
import { type Lengths, protocolName } from '../protocol/protocol.ts'
import { type ArmResult, armResultSchema, type ComparisonResult, comparisonResultSchema } from './result-schema.ts'

/** Of an arm. */
export function resultFile(results: string, lengths: Lengths, seed: number, arm: string): string {
  return join(results, protocolName(lengths), `seed-${seed}`, `${arm}.json`)
}

/** Of two arms. */
export function comparisonFile(results: string, lengths: Lengths, seed: number, arm: string, base: string): string {
  return resultFile(results, lengths, seed, `${arm}-over-${base}`)
}

/** All there is of one protocol. */
export interface StudyResults {
  readonly arms: readonly ArmResult[]
  readonly comparisons: readonly ComparisonResult[]
}

/** @throws InvalidFileError for a file that is no result. */
export async function readResults(results: string, lengths: Lengths): Promise<StudyResults> {
  const directory = join(results, protocolName(lengths))
  const seeds = existsSync(directory) ? readdirSync(directory).filter((name) => name.startsWith('seed-')) : []
  const arms: ArmResult[] = []
  const comparisons: ComparisonResult[] = []
  for (const seed of seeds) {
    for (const name of readdirSync(join(directory, seed)).filter((file) => file.endsWith('.json'))) {
      const file = join(directory, seed, name)
      if (name.includes('-over-')) comparisons.push(await read(file, comparisonResultSchema))
      else arms.push(await read(file, armResultSchema))
    }
  }
  const bySeed = (a: { seed: number }, b: { seed: number }) => a.seed - b.seed
  return { arms: arms.toSorted(bySeed), comparisons: comparisons.toSorted(bySeed) }
}

async function read<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(JSON.parse(await readFile(file, 'utf8')))
  if (parsed.success) return parsed.data
  throw new InvalidFileError(file, `is no result of this study: ${z.prettifyError(parsed.error)}`)
}
