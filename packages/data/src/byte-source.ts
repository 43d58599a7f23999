import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { InvalidFileError } from '@mode-ood/core'

/** Bytes that are read in ranges. */
export interface ByteSource {
  /** The file a person knows them by. */
  readonly file: string
  readonly size: number
  /** Fills `target` with the bytes from `position` on. */
  read(position: number, target: Uint8Array): Promise<void>
}

/**
 * A plain file as a byte source. It is open only while a range is read, so a set of files holds no descriptors.
 *
 * @throws InvalidFileError when the file is absent, not a file or not readable.
 */
export async function openByteSource(file: string): Promise<ByteSource> {
  const size = await readable(file)
  return {
    file,
    size,
    async read(position, target) {
      const handle = await open(file, constants.O_RDONLY).catch((error: unknown) => refuse(file, error))
      try {
        await fill(file, target, (offset) => handle.read(target, offset, target.length - offset, position + offset))
      } finally {
        await handle.close()
      }
    },
  }
}

/** Repeats short reads until `target` is full. */
export async function fill(
  file: string,
  target: Uint8Array,
  read: (offset: number) => Promise<{ bytesRead: number }>,
): Promise<void> {
  for (let offset = 0; offset < target.length;) {
    const { bytesRead } = await read(offset)
    if (bytesRead === 0) throw new InvalidFileError(file, 'became shorter while it was read')
    offset += bytesRead
  }
}

async function readable(file: string): Promise<number> {
  const found = await stat(file).catch((error: unknown) => refuse(file, error))
  if (!found.isFile())
    throw new InvalidFileError(file, found.isDirectory() ? 'is a folder, not a file' : 'is not a file')
  const handle = await open(file, constants.O_RDONLY).catch((error: unknown) => refuse(file, error))
  await handle.close()
  return found.size
}

/** Says in words why the system would not give a file. */
export function refuse(file: string, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reasons: Record<string, string> = {
    ENOENT: 'does not exist',
    ENOTDIR: 'lies below a file that is no folder',
    EACCES: 'may not be read (permission denied)',
    EISDIR: 'is a folder',
    EMFILE: 'could not be opened: too many open files',
  }
  throw new InvalidFileError(file, reasons[code] ?? `could not be read (${code || String(error)})`, { cause: error })
}
