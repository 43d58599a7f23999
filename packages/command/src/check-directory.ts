import { constants } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import { InvalidOptionError } from '@mode-ood/core'
import { systemReason } from './system-reason.ts'

/**
 * Looks at a directory to write to (what `option` names) before the work begins, and makes it.
 *
 * @returns why it cannot be written, or null when it can.
 * @throws InvalidOptionError when the path is a file.
 */
export async function checkDirectory(option: string, directory: string): Promise<string | null> {
  const found = await stat(directory).catch(() => null)
  if (found && !found.isDirectory()) {
    throw new InvalidOptionError(`${option} ${directory} is a file, and must be a directory or not exist yet`)
  }
  try {
    await mkdir(directory, { recursive: true })
    await access(directory, constants.W_OK)
    return null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR' || code === 'EEXIST') {
      throw new InvalidOptionError(`${option} ${directory} lies below a file, and must be a directory or not exist yet`)
    }
    return systemReason(error)
  }
}
