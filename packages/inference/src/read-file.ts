import { readFile as read } from 'node:fs/promises'
import { InvalidFileError } from '@mode-ood/core'

/** The bytes of a file. @throws InvalidFileError in words for a file that is missing, a directory or not readable. */
export async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await read(path)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'is a directory, but a file was expected',
      EACCES: 'may not be read by this user',
    }
    throw new InvalidFileError(path, reasons[code ?? ''] ?? `could not be read (${message})`, { cause })
  }
}
