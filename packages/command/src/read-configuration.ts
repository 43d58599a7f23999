import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { parse as parseYaml } from 'yaml'
import type { z } from 'zod'
import { explainConfigurationError } from './explain-configuration-error.ts'
import { keysAt } from './keys-at.ts'
import { systemReason } from './system-reason.ts'

/** A checked configuration with the place it came from: its relative paths start at `directory`. */
export interface LoadedConfiguration<T> {
  readonly file: string
  readonly directory: string
  readonly configuration: T
}

/**
 * Reads a configuration (YAML; JSON is YAML) and checks it by its schema.
 *
 * @throws InvalidFileError with one sentence: the file, the key, what was found and what was expected.
 */
export async function readConfiguration<T>(path: string, schema: z.ZodType<T>): Promise<LoadedConfiguration<T>> {
  const file = resolve(path)
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR'
    throw new InvalidFileError(path, missing ? 'there is no such file' : `cannot be read: ${systemReason(error)}`)
  })
  const content = parse(bytes, path, schema)
  const result = schema.safeParse(content)
  if (!result.success) throw new InvalidFileError(path, explainConfigurationError(result.error, content, schema))
  return { file, directory: dirname(file), configuration: result.data }
}

/** What a configuration file holds: an object, its keys not yet looked at. */
function parse(bytes: Uint8Array, path: string, schema: z.ZodType): object {
  const content = parseText(decode(bytes, path), path)
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content
  const found = content === null ? 'is empty' : Array.isArray(content) ? 'holds a list' : `holds a ${typeof content}`
  throw new InvalidFileError(path, `${found}, but a configuration has the keys ${keysAt(schema, []).join(', ')}`)
}

/** A byte order mark is passed over. */
function decode(bytes: Uint8Array, path: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {
    // Said below.
  }
  throw new InvalidFileError(path, 'is not UTF-8 text, but a configuration is YAML or JSON')
}

function parseText(text: string, path: string): unknown {
  try {
    return parseYaml(text, { logLevel: 'error', prettyErrors: true })
  } catch (error) {
    // Beside its own errors the parser throws plain ones, for aliases that are unknown or too many.
    const reason = (error as Error).message.split('\n')[0]!
    throw new InvalidFileError(path, `is not valid YAML: ${reason.replace(/;? ?please use.*?\(\)|:$/g, '')}`)
  }
}
