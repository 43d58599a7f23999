import { type LoadedConfiguration as Loaded, readConfiguration } from '@mode-ood/command'
import { type Configuration, configurationSchema } from './configuration-schema.ts'

/** A configuration with the place it came from: its relative paths start at `directory`. */
export type LoadedConfiguration = Loaded<Configuration>

/** Reads an evaluation configuration. @throws InvalidFileError with one sentence. */
export function loadConfiguration(path: string): Promise<LoadedConfiguration> {
  return readConfiguration(path, configurationSchema)
}
