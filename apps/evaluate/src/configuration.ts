import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import { configurationSchema, type Configuration } from './configuration-schema.ts'
import { explainConfigurationError } from './explain-configuration-error.ts'

/** A configuration with the place it came from: its relative paths start at `directory`. */
export interface LoadedConfiguration {
  readonly file: string
  readonly directory: string
  readonly configuration: Configuration
}

/**
 * Reads an evaluation configuration (YAML; JSON is YAML).
 *
 * @throws InvalidFileError with one sentence: the file, the key, what was found and what was expected.
 */
export async function loadConfiguration(path: string): Promise<LoadedConfiguration> {
  const file = resolve(path)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InvalidFileError(
      path,
      error.code === 'ENOENT' ? 'there is no such file' : `cannot be read (${error.code})`,
    )
  })
  let content: unknown
  try {
    content = parseYaml(text)
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    throw new InvalidFileError(path, `is not valid YAML: ${error.message.split('\n')[0]!.replace(/:$/, '')}`)
  }
  const result = configurationSchema.safeParse(content)
  if (!result.success) throw new InvalidFileError(path, explainConfigurationError(result.error, content))
  return { file, directory: dirname(file), configuration: result.data }
}
