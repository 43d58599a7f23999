import { ModeOodError } from '@mode-ood/core'

/**
 * Imports an optional package.
 *
 * @throws ModeOodError saying what to install where it is missing.
 */
export async function importPeer<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new ModeOodError(`a bank in PostgreSQL needs the package ${name}: npm install ${name}`, { cause })
  }
}
