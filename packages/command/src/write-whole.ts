import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { systemReason } from './system-reason.ts'

/**
 * Writes a file beside its place and renames it, so that it is there whole or not at all, even when the machine stops.
 * `removeAtEnd` is told of the file beside.
 *
 * @throws InvalidFileError when it cannot be written.
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  removeAtEnd: (path: string) => void = () => {},
): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`
  removeAtEnd(beside)
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(beside, 'w')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    throw new InvalidFileError(path, `cannot be written: ${systemReason(error)}`, { cause: error })
  }
}
