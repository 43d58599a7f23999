import { ModeOodError } from '@mode-ood/core'

/**
 * Imports packages that are installed only by those who want them.
 *
 * @throws ModeOodError that says what to install when one of them is missing.
 */
export async function importOptional<T>(what: string, names: readonly string[], load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' && names.some((name) => message.includes(name))
    if (!isMissing) throw error
    throw new ModeOodError(`${what} needs packages that are not installed: npm install ${names.join(' ')}`, {
      cause: error,
    })
  }
}
