import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InvalidFileError } from '@mode-ood/core'
import { resolveOwnPackages } from './resolve-own-packages.ts'
import type { AnyDefinition } from '@mode-ood/detector'

/**
 * A person's own score: the default export of a module, or its only exported score.
 *
 * @throws InvalidFileError for a module that is missing, cannot be loaded or exports no score.
 */
export async function importScore(file: string): Promise<AnyDefinition> {
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
