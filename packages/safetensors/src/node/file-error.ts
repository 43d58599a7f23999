import { InvalidFileError, ModeOodError } from '@mode-ood/core'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'lies below a file that is not a folder',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be accessed (permission denied)',
  EPERM: 'may not be accessed (operation not permitted)',
  EROFS: 'lies on a read-only file system',
  ENOSPC: 'cannot be written: the disk is full',
  EDQUOT: 'cannot be written: the disk quota is used up',
}

/** A sentence for what the operating system answered about `file`; errors of the project pass unchanged. */
export function fileError(file: string, error: unknown): ModeOodError {
  if (error instanceof ModeOodError) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return new InvalidFileError(file, reasons[code] ?? `cannot be read or written (${code || String(error)})`, {
    cause: error,
  })
}
